/** The very beginning of a refresh script: how it ends, and what it says then. */
export const SETUP = `# Brings one key of a ConfigMap up to date from its source, or writes nothing and says why in one sentence.
# Every value comes from the environment. Needs sh, curl, jq, kubectl, cmp and sha256sum.
# In the place of sha256sum, shasum will do.
set -euf
umask 077
export LC_ALL=C
: "\${TERMINATION_LOG:=/dev/termination-log}"
: "\${ACCOUNT:=/var/run/secrets/kubernetes.io/serviceaccount}"
: "\${STEP:=}" "\${ANNOTATION_ETAG:=}"
limit=1048576
child=
said=

# Says why and ends: code 3 where readers were not restarted. With code 1 nothing was written, unless the words tell otherwise.
fail() {
  said=yes
  printf '%s\\n' "$1" >&2
  printf '%s' "$1" | tr -s '[:space:]' ' ' | head -c 2000 > "$TERMINATION_LOG" || :
  exit "\${2:-1}"
}

# A program that is not there answers no to every question, and in a pipe nobody hears of it.
summing=sha256sum
if ! command -v sha256sum && command -v shasum; then summing='shasum -a 256'; fi > /dev/null
missing=
for program in curl jq kubectl cmp \${summing%% *} base64 cat cut date head mktemp rm sed sort tail tr wc; do
  command -v "$program" > /dev/null || missing="$missing $program"
done
[ -z "$missing" ] || fail "The script needs programs that are not here:$missing."
begun=$(date +%s)
work=$(mktemp -d)

finish() {
  code=$?
  rm -rf "$work"
  [ "$code" -eq 0 ] || [ -n "$said" ] || fail "The script ended unexpectedly with code $code."
}
trap finish EXIT

# The deadline of a job, a drain, a deletion. Programs that take long are waited for, so that this is not.
end() {
  [ -z "$child" ] || kill "$child" 2> "$work/ignored" || :
  fail "The run was ended from outside after $(($(date +%s) - begun)) seconds, as by a deadline." 143
}
trap end INT TERM

# The options that keep a curl with its tries within so many seconds. A Retry-After that is longer is not waited for.
within() {
  most=$((($1 + 1) / 2))
  [ "$most" -le "$FETCH_SECONDS" ] || most=$FETCH_SECONDS
  again=$(($1 - most))
  if [ "$again" -gt 0 ]; then tries=$RETRIES; else tries=0 again=1; fi
  printf '%s' "--max-time $most --retry $tries --retry-max-time $again"
}

# What is there under the key goes into $present: by the map as JSON in $work/map, which is empty where there is none.
present=$work/present
in_map() {
  [ -s "$work/map" ] && jq --exit-status "$1" "$work/map" > "$work/answered"
}
take_key() {
  rm -f "$present"
  if in_map '.data // {} | has($ENV.KEY)'; then
    jq --join-output '.data[$ENV.KEY]' "$work/map" > "$present"
  elif in_map '.binaryData // {} | has($ENV.KEY)'; then
    jq --join-output '.binaryData[$ENV.KEY]' "$work/map" > "$work/encoded"
    base64 -d < "$work/encoded" > "$present"
  fi
}

# What curl said, or else the last thing that a program said, as a part of a sentence.
reason() {
  line=$(sed -n 's/^curl: ([0-9]*) //p' "$work/error" | tail -n 1)
  [ -n "$line" ] || line=$(tail -n 1 "$work/error")
  printf '%s' "\${line:-no reason is known}" | sed -e 's/^jq: error ([^)]*): //' -e 's/^error: //' -e 's/line [0-9]*: //' -e 's/\\.*$//'
}

# The SHA-256 of a file goes into $summed.
sum_up() {
  $summing < "$1" > "$work/summed" 2> "$work/error" || fail "$summing gave no sum: $(reason)."
  summed=$(cut -c 1-64 "$work/summed")
  [ "\${#summed}" -eq 64 ] || fail "$summing gave no sum."
}

# Whether there are headers in a file, and nothing else: curl leaves a line out that is none, and asks as anybody does.
has_header() {
  [ -s "$1" ] || return 1
  sed -e '/^[[:space:]]*$/d' "$1" > "$work/headers"
  sed -e '/^[!-9;-~][!-9;-~]*:[[:blank:]]*[^[:space:]]/d' "$work/headers" > "$work/others"
  [ -s "$work/headers" ] && ! [ -s "$work/others" ]
}

# An ETag as it may stand in a header, or nothing.
entity_tag() {
  case $1 in
    *[!!-~]*) ;;
    '"'*'"' | 'W/"'*'"') printf '%s' "$1" ;;
  esac
}

`;

const PRESENT = `# 1. What is there.

token="Authorization: Bearer $(cat "$ACCOUNT/token")"
printf '%s' "$token" > "$work/token"
host=$KUBERNETES_SERVICE_HOST
case $host in *:*) host="[$host]" ;; esac

# Patches an object: its path, the type of the patch, the file that holds it, and the kind, unless it is a ConfigMap.
# Not by kubectl apply: of a map that was once applied from a client, that takes over all fields, and removes every key
# that it does not send. Leaves the status of the server, and none where something else or nobody has answered.
api() {
  status=
  : > "$work/answer"
  time_left=$((begun + RUN_SECONDS - $(date +%s)))
  if [ "$time_left" -le 0 ]; then
    printf 'no time was left' > "$work/error"
    status=unsent
    return 1
  fi
  [ "$time_left" -le 60 ] || time_left=60
  # shellcheck disable=SC2046
  curl --disable --silent --show-error --globoff --path-as-is --noproxy '*' --proto =https \\
    --connect-timeout 10 $(within "$time_left") --cacert "$ACCOUNT/ca.crt" --header "@$work/token" \\
    --header "Content-Type: application/$2" --request PATCH --data-binary "@$3" --output "$work/answer" \\
    --write-out '%{http_code}' --url "https://$host:$KUBERNETES_SERVICE_PORT$1" > "$work/answered" 2> "$work/error" &
  child=$!
  wait "$child" || return 1
  child=
  status=$(cat "$work/answered")
  case $status in
    2??)
      if in_answer '.kind == $kind' "\${4-ConfigMap}"; then return 0; fi
      printf 'what answered %s gave no %s' "$status" "\${4-ConfigMap}" > "$work/error"
      status=
      return 1
      ;;
  esac
  jq --raw-output '.message // empty' "$work/answer" > "$work/error" 2> "$work/ignored" || :
  [ -s "$work/error" ] || printf 'it answered %s' "$status" > "$work/error"
  return 1
}

# Whether the answer is JSON of which this holds, for a kind.
in_answer() {
  [ -s "$work/answer" ] && jq --exit-status --arg kind "$2" "$1" "$work/answer" > "$work/ignored" 2>&1
}

escaped() {
  printf '%s' "$1" | jq --raw-input --slurp --raw-output @uri
}
path=/api/v1/namespaces/$(escaped "$NAMESPACE")/configmaps/$(escaped "$CACHE")

moved=
not_written() {
  [ -z "$moved" ] || fail "Key $KEY of $NAMESPACE/$CACHE was written, but perhaps not its source and time, and no reader was restarted: $(reason)."
  fail "The API server did not write $NAMESPACE/$CACHE: $(reason)."
}

# Whether the API server says that there is no such map: a 404 of anybody else says nothing of it.
is_missing() {
  [ "$status" = 404 ] && in_answer '.kind == "Status" and .reason == "NotFound" and .details.kind == $kind' configmaps
}

# An empty patch changes nothing and answers with the map: no right to read it is needed, and what a mount holds may be old.
printf '{}' > "$work/empty"
look() {
  : > "$work/map"
  if api "$path" merge-patch+json "$work/empty"; then
    cat "$work/answer" > "$work/map"
  elif ! is_missing; then
    not_written
  fi
  take_key
}

# What an ETag holds for goes into $stamped: where it came from, how it was read, and the bytes that came with it.
stamp() {
  { printf '%s\\n' "$SOURCE_URL" "$SECRET" "$FORMAT" && cat "$1"; } > "$work/stamp"
  sum_up "$work/stamp"
  stamped=$(printf '%.16s' "$summed")
}

etag=
if [ -n "$ANNOTATION_ETAG" ]; then
  look
  kept=$(jq --raw-output '.metadata.annotations[$ENV.ANNOTATION_ETAG] // ""' "$work/map")
  if [ -f "$present" ]; then
    stamp "$present"
    [ "\${kept%% *}" != "$stamped" ] || etag=$(entity_tag "\${kept#* }")
  fi
fi

`;

/** The beginning of the refresh script: how it ends, what is there, and how it asks the API server. */
export const BEGINNING = SETUP + PRESENT;
