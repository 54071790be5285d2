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

count=
size="$bytes bytes"
case $FORMAT in
  JSON | YAML | properties)
    count=$(entries "$work/fetched" 2> "$work/error") || fail "$SOURCE gave no valid $FORMAT: $(reason)."
    count=$((count))
    [ "$count" -gt 0 ] || fail "$SOURCE gave no entries."
    size="$count entries"
    ;;
esac

# What came beside what is there: by entries where both have them.
weigh() {
  unit=bytes
  now=$bytes
  before=0
  if [ -f "$present" ]; then before=$(($(wc -c < "$present"))); fi
  if [ -n "$count" ] && [ -f "$present" ] && old=$(entries "$present" 2> "$work/error"); then
    unit=entries
    now=$count
    before=$((old))
  fi
  [ $((now * 2)) -ge "$before" ] ||
    fail "$SOURCE gave $now $unit where the cache has $before: less than half is not written unseen. To accept this,\\
 refresh it by hand in VS Code."
}

`;
