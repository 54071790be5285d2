/**
 * The script that refreshes one key of a cache where nobody looks on. It is the same whatever was typed: values
 * arrive through `env`, so that no name, URL or header can become code. POSIX sh, for BusyBox ash, dash and bash.
 * The kubelet replaces `$(NAME)` and `$$` in it: it has no `$$`, and functions of it are not named as variables are.
 */
export const REFRESH_SCRIPT = `# Brings one key of a ConfigMap up to date from its source, or writes nothing and says why in one sentence.
# Every value comes from the environment. Needs sh, curl, jq, kubectl, cmp and sha256sum.
set -euf
umask 077
export LC_ALL=C
: "\${TERMINATION_LOG:=/dev/termination-log}"
: "\${ACCOUNT:=/var/run/secrets/kubernetes.io/serviceaccount}"
limit=1048576
said=
work=$(mktemp -d)

# Says why and ends: code 1 when nothing was written, 3 when readers were not restarted.
fail() {
  said=yes
  printf '%s\\n' "$1" >&2
  printf '%s' "$1" | tr -s '[:space:]' ' ' | head -c 2000 > "$TERMINATION_LOG" || :
  exit "\${2:-1}"
}

finish() {
  code=$?
  rm -rf "$work"
  [ "$code" -eq 0 ] || [ -n "$said" ] || fail "The script ended unexpectedly with code $code."
}
trap finish EXIT

# What curl said, or else the last thing that a program said, as a part of a sentence.
reason() {
  line=$(sed -n 's/^curl: ([0-9]*) //p' "$work/error" | tail -n 1)
  [ -n "$line" ] || line=$(tail -n 1 "$work/error")
  printf '%s' "\${line:-no reason is known}" | sed -e 's/^jq: error ([^)]*): //' -e 's/^error: //' -e 's/line [0-9]*: //' -e 's/\\.*$//'
}

# 1. Fetch.

origin() {
  rest=\${1#*://}
  printf '%s' "\${1%%://*}://\${rest%%[/?#]*}"
}

# One request. The header goes to the origin it was given for and to no other: curl's --location would
# take any header but Authorization and Cookie along to wherever it is sent.
request() {
  if [ -n "$SECRET" ] && [ "$(origin "$1")" = "$(origin "$SOURCE_URL")" ]; then
    set -- "$1" --header "@$SOURCE_HEADER"
  fi
  (
    # At 512 bytes each, in bash 1,024: older curls stop only at a size that was announced. What goes beyond is
    # ended by SIGXFSZ, code 153.
    ulimit -c 0
    ulimit -f 4096
    exec curl --disable --silent --show-error --fail --globoff --proto =http,https \\
      --connect-timeout "$CONNECT_SECONDS" --max-time "$FETCH_SECONDS" --max-filesize "$limit" \\
      --retry "$RETRIES" --retry-connrefused --output "$work/fetched" \\
      --write-out '%{http_code}\\n%{redirect_url}\\n%{content_type}\\n' --url "$@"
  ) > "$work/answer" 2> "$work/error"
}

if [ -n "$SECRET" ] && ! [ -s "$SOURCE_HEADER" ]; then
  fail "The header for $SOURCE is missing: Secret $SECRET in namespace $NAMESPACE has none."
fi
: > "$work/fetched"
url=$SOURCE_URL
hops=0
while :; do
  code=0
  request "$url" || code=$?
  [ "$code" -ne 153 ] || fail "$SOURCE is larger than the $limit bytes that a ConfigMap may hold."
  [ "$code" -eq 0 ] || fail "$SOURCE could not be fetched: $(reason)."
  { read -r status && read -r redirect && read -r type; } < "$work/answer"
  [ -n "$redirect" ] || break
  hops=$((hops + 1))
  [ "$hops" -le 5 ] || fail "$SOURCE redirects more than 5 times."
  url=$redirect
done
case $status in
  200 | 203) ;;
  *) fail "$SOURCE answered $status, which brings no data." ;;
esac

# 2. Check what came.

bytes=$(($(wc -c < "$work/fetched")))
[ "$bytes" -le "$limit" ] || fail "$SOURCE is larger than the $limit bytes that a ConfigMap may hold."
bom=$(printf '\\357\\273\\277')
if [ "$(sed "1s/^$bom//" "$work/fetched" | tr -d '[:space:]' | head -c 1 | wc -c)" -eq 0 ]; then
  fail "$SOURCE gave an empty answer."
fi

# HTML in place of data: a login form, or the page of a proxy. Looked for at the beginning, as browsers do.
page() {
  case $type in [Tt][Ee][Xx][Tt]/[Hh][Tt][Mm][Ll]*) return 0 ;; esac
  start=$(head -c 1024 "$work/fetched" | tr '\\000-\\040' ' ' | tr '[:upper:]' '[:lower:]')
  start=\${start#"$bom"}
  while :; do
    start=\${start#"\${start%%[! ]*}"}
    case $start in
      '<?xml'*'>'*) start=\${start#*>} ;;
      '<!--'*'-->'*) start=\${start#*-->} ;;
      *) break ;;
    esac
  done
  case $start in
    '<!doctype html'[!a-z0-9]* | '<html'[!a-z0-9]* | '<head'[!a-z0-9]* | '<body'[!a-z0-9]*) return 0 ;;
    '<title'[!a-z0-9]* | '<style'[!a-z0-9]* | '<script'[!a-z0-9]* | '<h1'[!a-z0-9]*) return 0 ;;
  esac
  return 1
}
case $KEY in
  *.[Hh][Tt][Mm] | *.[Hh][Tt][Mm][Ll] | *.[Xx][Hh][Tt][Mm][Ll] | *.[Xx][Mm][Ll]) ;;
  *) if page; then fail "$SOURCE gave an HTML page in place of data."; fi ;;
esac

# Valid UTF-8 goes into data, anything else into binaryData: kubectl decides. No server is asked.
kubectl create configmap "$CACHE" --namespace "$NAMESPACE" --from-file "$KEY=$work/fetched" \\
  --dry-run=client --output json > "$work/made" 2> "$work/error" || fail "$SOURCE cannot be key $KEY: $(reason)."
if [ "$FORMAT" != binary ] && ! jq --exit-status .data "$work/made" > "$work/answer"; then
  fail "$SOURCE gave bytes that are not UTF-8, and no $FORMAT."
fi

# The documents of a YAML file as one JSON array. kubectl reads each as an element of a list in a patch.
documents() {
  {
    printf '%s\\n' '- op: add' '  path: /documents' '  value:' '  -'
    sed -e "1s/^$bom//" -e 't clear' -e ':clear' -e '/^%/d' -e '/^\\.\\.\\.$/d' -e '/^\\.\\.\\.[[:space:]]/d' \\
      -e 's/^---\\([[:space:]].*\\)\\{0,1\\}$/  -\\1/' -e t -e 's/^/    /' "$1"
  } > "$work/patch"
  printf '{"apiVersion":"v1","kind":"ConfigMap"}' > "$work/base"
  kubectl patch --local --filename "$work/base" --type json --patch-file "$work/patch" --output json \\
    > "$work/patched" && jq '[.documents[] | select(. != null)]' "$work/patched" > "$work/documents"
}

# The number of entries of a file: members or elements, those of what is wrapped where one object only wraps.
entries() {
  count='def entries: if type == "object" and length == 1 and (.[] | type == "object" or type == "array")
    then .[] | entries elif type == "object" or type == "array" then length elif . == null then 0 else 1 end;'
  case $FORMAT in
    JSON) jq --slurp "$count if length == 1 then .[0] | entries else error(\\"it is not one document\\") end" "$1" ;;
    YAML) documents "$1" && jq "$count if length == 1 then .[0] else . end | entries" "$work/documents" ;;
    *)
      tr '\\r' '\\n' < "$1" | sed -e "1s/^$bom//" -e 's/^[[:space:]]*//' -e '/^$/d' -e '/^[#!]/d' \\
        -e 's/[[:space:]]*=.*//' -e t -e 's/[[:space:]]*:.*//' | sort -u | wc -l
      ;;
  esac
}

# The map is mounted beside the script where there is one, so that no right to read it is needed.
present=$CURRENT/$KEY
unit=bytes
now=$bytes
before=0
if [ -f "$present" ]; then before=$(($(wc -c < "$present"))); fi
size="$bytes bytes"
case $FORMAT in
  JSON | YAML | properties)
    count=$(entries "$work/fetched" 2> "$work/error") || fail "$SOURCE gave no valid $FORMAT: $(reason)."
    count=$((count))
    [ "$count" -gt 0 ] || fail "$SOURCE gave no entries."
    size="$count entries"
    if [ -f "$present" ] && old=$(entries "$present" 2> "$work/error"); then
      unit=entries
      now=$count
      before=$((old))
    fi
    ;;
esac
if [ $((now * 2)) -lt "$before" ]; then
  fail "$SOURCE gave $now $unit where the cache has $before: less than half is not written unseen."
fi

# 3. Write.

token="Authorization: Bearer $(cat "$ACCOUNT/token")"
printf '%s' "$token" > "$work/token"
host=$KUBERNETES_SERVICE_HOST
case $host in *:*) host="[$host]" ;; esac

# Patches an object: its path, the type of the patch, and the patch in $work/body. Not by kubectl apply: of a map
# that was once applied from a client, that takes over all fields, and removes every key that it does not send.
api() {
  status=$(curl --disable --silent --show-error --globoff --path-as-is --noproxy '*' --proto =https \\
    --connect-timeout 10 --max-time 60 --retry 3 --cacert "$ACCOUNT/ca.crt" --header "@$work/token" \\
    --header "Content-Type: application/$2" --request PATCH --data-binary "@$work/body" --output "$work/answer" \\
    --write-out '%{http_code}' --url "https://$host:$KUBERNETES_SERVICE_PORT$1" 2> "$work/error") || return 1
  case $status in 2??) return 0 ;; esac
  jq --raw-output '.message // empty' "$work/answer" > "$work/error" 2> "$work/ignored" || :
  [ -s "$work/error" ] || printf 'it answered %s' "$status" > "$work/error"
  return 1
}

# Data that is as it was is sent again: server-side apply removes what its manager leaves out. The API server
# keeps what is the same, and only the time moves.
time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sum=$(sha256sum "$work/fetched" | cut -d ' ' -f 1)
jq --arg time "$time" --arg sum "$sum" '{
  apiVersion, kind,
  metadata: {
    name: $ENV.CACHE, namespace: $ENV.NAMESPACE,
    annotations: ({
      ($ENV.ANNOTATION_SOURCE): $ENV.SOURCE,
      ($ENV.ANNOTATION_REFRESHED): $time,
      ($ENV.ANNOTATION_SHA256): $sum
    } + if $ENV.MAX_AGE == "" then {} else {($ENV.ANNOTATION_MAX_AGE): $ENV.MAX_AGE} end)
  }
} + ({data, binaryData} | with_entries(select(.value != null)))' "$work/made" > "$work/body"
escaped() {
  printf '%s' "$1" | jq --raw-input --slurp --raw-output @uri
}
path=/api/v1/namespaces/$(escaped "$NAMESPACE")/configmaps/$(escaped "$CACHE")
path="$path?fieldManager=$(escaped "$FIELD_MANAGER")&force=true&fieldValidation=Strict"
api "$path" apply-patch+yaml || fail "The API server did not write $NAMESPACE/$CACHE: $(reason)."
if [ -f "$present" ] && cmp -s "$work/fetched" "$present"; then
  echo "Unchanged: key $KEY of $NAMESPACE/$CACHE, $size."
  exit 0
fi
echo "Written: key $KEY of $NAMESPACE/$CACHE, $size."

# 4. Restart readers, as kubectl rollout restart does; a Rollout as Argo's plugin does.

restart() {
  case \${1%%/*} in
    Deployment | StatefulSet | DaemonSet)
      group=apps/v1 manager=kubectl-rollout type=strategic-merge-patch+json
      patch='{spec: {template: {metadata: {annotations: {"kubectl.kubernetes.io/restartedAt": $time}}}}}'
      ;;
    *) group=argoproj.io/v1alpha1 manager=cache-configmaps type=merge-patch+json patch='{spec: {restartAt: $time}}' ;;
  esac
  jq --null-input --arg time "$time" "$patch" > "$work/body"
  plural=$(printf '%ss' "\${1%%/*}" | tr '[:upper:]' '[:lower:]')
  path=/apis/$group/namespaces/$(escaped "$NAMESPACE")/$plural/$(escaped "\${1#*/}")
  api "$path?fieldManager=$manager" "$type"
}
failed=
for workload in $RESTARTS; do
  if restart "$workload"; then echo "Restarted: $workload."; else failed="$failed $workload: $(reason)."; fi
done
[ -z "$failed" ] || fail "The cache was written, but not all of its readers were restarted:$failed" 3
`;
