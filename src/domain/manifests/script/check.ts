/** The part of the refresh script that looks at what came. */
export const CHECK = `# 3. Check what came.

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

# The number of entries of a file: members or elements, those of what is wrapped where one object only wraps. With the
# word alone where it is a value outside of any object and list, or lines without = and :.
entries() {
  count='def entries: if type == "object" and length == 1 and (.[] | type == "object" or type == "array")
    then .[] | entries elif type == "object" or type == "array" then length elif . == null then 0 else 1 end;
    def told: if type == "object" or type == "array" or . == null then entries else "1 alone" end;'
  case $FORMAT in
    JSON)
      jq --slurp --raw-output "$count if length == 1 then .[0] | told else error(\\"it is not one document\\") end" "$1"
      ;;
    YAML)
      documents "$1" && jq --raw-output "$count if length == 1 then .[0] else . end | told" "$work/documents"
      ;;
    *)
      tr '\\r' '\\n' < "$1" | sed -e "1s/^$bom//" -e 's/^[[:space:]]*//' -e '/^$/d' -e '/^[#!]/d' > "$work/lines"
      sed -e 's/[[:space:]]*=.*//' -e t -e 's/[[:space:]]*:.*//' "$work/lines" | sort -u | wc -l
      sed -e '/[=:]/!d' -e q "$work/lines" > "$work/line"
      [ -s "$work/line" ] || [ ! -s "$work/lines" ] || echo alone
      ;;
  esac
}

# Whether JSON is in what jq took for it, which may be NaN, 01, .5, and a line break in a string.
strict() {
  jq --raw-input --slurp --raw-output 'ltrimstr("\\ufeff") | split("\\\\\\\\") | join("") | split("\\\\\\"") | join("") | split("\\"")
    | if any(.[range(1; length; 2)] | explode[]; . < 32) then error("a string holds a line break or the like")
    else .[range(0; length; 2)] end' "$work/fetched" > "$work/outside" || return 1
  odd=$(tr ']{}:, \\t\\r[' '\\n' < "$work/outside" |
    sed -E -e '/^(true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?)?$/d' -e q | cut -c 1-40)
  [ -z "$odd" ] || printf '%s is no value of JSON' "$odd" >&2
  [ -z "$odd" ]
}

# A number with its noun, of which both forms are given: "entry entries".
amount() {
  if [ "$1" -eq 1 ]; then printf '1 %s' "\${2% *}"; else printf '%s %s' "$1" "\${2#* }"; fi
}

count=
alone=
size=$(amount "$bytes" 'byte bytes')
case $FORMAT in
  JSON | YAML | properties)
    found=$(entries "$work/fetched" 2> "$work/error") || fail "$SOURCE gave no valid $FORMAT: $(reason)."
    [ "$FORMAT" != JSON ] || strict 2> "$work/error" || fail "$SOURCE gave no valid JSON: $(reason)."
    case $found in *alone) alone=yes ;; esac
    count=$((\${found%%[!0-9 ]*}))
    [ "$count" -gt 0 ] || fail "$SOURCE gave no entries."
    size=$(amount "$count" 'entry entries')
    ;;
esac

# What came beside what is there: by entries where both have them, and by bytes, since entries may hold nothing.
halved() {
  [ $(($1 * 2)) -ge "$2" ] ||
    fail "$SOURCE gave $(amount "$1" "$3") where the cache has $2: less than half $accept"
}
weigh() {
  accept='is not written unseen. To accept this, refresh it by hand in VS Code.'
  unit='byte bytes'
  now=$bytes
  held=0
  found=
  if [ -f "$present" ]; then held=$(($(wc -c < "$present"))); fi
  before=$held
  if [ -n "$count" ] && [ -f "$present" ] && found=$(entries "$present" 2> "$work/error"); then
    unit='entry entries'
    now=$count
    before=$((\${found%%[!0-9 ]*}))
  fi
  case $alone$found in
    yes*alone) ;;
    yes*) fail "$SOURCE gave text without names and lists: what may be a message in place of data $accept" ;;
  esac
  halved "$now" "$before" "$unit"
  halved "$bytes" "$held" 'byte bytes'
}

`;
