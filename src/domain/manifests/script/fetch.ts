/** The part of the refresh script that fetches the source, where it has changed. */
export const FETCH = `# 2. Fetch.

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
  [ -z "$etag" ] || set -- "$@" --header "If-None-Match: $etag"
  time_left=$((until - $(date +%s)))
  [ "$time_left" -gt 0 ] || fail "$SOURCE could not be fetched: $FETCHING_SECONDS seconds were not enough."
  (
    # At 512 bytes each, in bash 1,024: older curls stop only at a size that was announced. What goes beyond is
    # ended by SIGXFSZ, code 153.
    ulimit -c 0
    ulimit -f 4096
    exec curl --disable --silent --show-error --fail --globoff --proto "$protocols" \\
      --connect-timeout "$CONNECT_SECONDS" $(within "$time_left") --max-filesize "$limit" \\
      --retry-connrefused --output "$work/fetched" \\
      --write-out '%{http_code}\\n%{redirect_url}\\n%{content_type}\\n%header{etag}\\n' --url "$@"
  ) > "$work/answer" 2> "$work/error" &
  child=$!
  wait "$child" || return
  child=
}

if [ -n "$SECRET" ] && ! has_header "$SOURCE_HEADER"; then
  fail "The header for $SOURCE is missing: Secret $SECRET in namespace $NAMESPACE has no line such as Name: value."
fi
: > "$work/fetched"
url=$SOURCE_URL
until=$(($(date +%s) + FETCHING_SECONDS))
protocols==http,https
case $SOURCE_URL in https:*) protocols==https ;; esac
hops=0
while :; do
  code=0
  request "$url" || code=$?
  [ "$code" -ne 153 ] || fail "$SOURCE is larger than the $limit bytes that a ConfigMap may hold."
  [ "$code" -eq 0 ] || fail "$SOURCE could not be fetched: $(reason)."
  { read -r status && read -r redirect && read -r type && read -r tag; } < "$work/answer"
  [ -n "$redirect" ] || break
  hops=$((hops + 1))
  [ "$hops" -le 5 ] || fail "$SOURCE redirects more than 5 times."
  url=$redirect
  case $protocols$url in
    =https[Hh][Tt][Tt][Pp]:*) fail "$SOURCE redirects from https to http, which anybody on the way could change." ;;
  esac
done
case $status in
  200 | 203) tag=$(entity_tag "$tag") ;;
  304)
    [ -n "$etag" ] || fail "$SOURCE answered 304, which brings no data."
    cat "$present" > "$work/fetched"
    type=
    tag=$etag
    ;;
  *) fail "$SOURCE answered $status, which brings no data." ;;
esac

`;
