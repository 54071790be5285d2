/** The part of the script for a person that looks at what is there. */
export const LOOK = `# 1. What is there.

cluster() {
  kubectl --context "$CONTEXT" --namespace "$NAMESPACE" "$@"
}
place="$NAMESPACE/$CACHE in context $CONTEXT"
case \${1-} in
  '' | --yes) ;;
  *) fail "The only option is --yes: it writes without a question." ;;
esac
[ -z "$SOURCE_HEADER" ] || has_header "$SOURCE_HEADER" ||
  fail "The header for $SOURCE is missing: the file $SOURCE_HEADER has no line such as Name: value."

# Ctrl-C. What runs in the background does not hear of it, and words go past the file that catches those of a program.
so_far='nothing was written'
exec 4>&2
interrupt() {
  exec 2>&4
  [ -z "$child" ] || kill "$child" 2> "$work/ignored" || :
  fail "Interrupted: $so_far." 130
}
trap interrupt INT

# A context of the same name may lead to another cluster in other files, or by now.
if [ -n "$SERVER" ]; then
  server=$(cluster config view --minify --output 'jsonpath={.clusters[0].cluster.server}' 2> "$work/error") ||
    fail "$place could not be read: $(reason)."
  [ "$server" = "$SERVER" ] ||
    fail "Context $CONTEXT leads to \${server:-no server} here, and this script was made for $SERVER. Nothing was written."
fi

etag=
cluster get configmap "$CACHE" --ignore-not-found --output json > "$work/map" 2> "$work/error" ||
  fail "$place could not be read: $(reason)."
if in_map .immutable; then fail "$place is immutable: nobody can change it."; fi
take_key

`;

/** The part that asks, writes on the version that was read, and restarts readers. */
export const PATCH = `compare
weigh
option=\${1-}
ask() {
  [ "$option" != --yes ] || return 0
  [ -t 0 ] || fail "Nobody can be asked here, and nothing was written: --yes writes without a question."
  printf '%s? [y/N] ' "$1" >&2
  read -r answer || answer=
  case $answer in [Yy] | [Yy][Ee][Ss]) ;; *) fail 'Nothing was written.' ;; esac
}
if [ -n "$same" ]; then
  [ -z "$restarts" ] || ask "Key $KEY of $place is as it was. Restart \${restarts# }, which may not have it yet"
else
  there='where it is not there yet'
  [ ! -f "$present" ] || there="where the cache has $(amount "$before" "$unit")"
  ask "Write key $KEY of $place: $size $there\${restarts:+, and restart $restarts}"
fi

# Without an answer, or after one that says that the server or a proxy is in trouble, it may have been carried out.
not_written() {
  case $(tail -n 1 "$work/error") in
    'Unable to connect to the server'* | *'reading response body'* | 'Error from server (InternalError)'* | \\
      'Error from server (ServiceUnavailable)'* | 'Error from server ('*'Timeout)'*)
      fail "It is not known whether $place was written: $(reason)."
      ;;
  esac
  fail "$place was not written: $(reason)."
}

# Only on the version that was read. A map that is yet to be created has none: only the server, which was compared
# above, says that it is the cluster that was meant.
so_far="it is not known whether $place was written"
if [ -s "$work/map" ]; then
  jq '{
    metadata: (.metadata | {uid, resourceVersion, annotations}),
    data: (.data // {($ENV.KEY): null}),
    binaryData: (.binaryData // {($ENV.KEY): null})
  }' "$work/write" > "$work/patch"
  cluster patch configmap "$CACHE" --type merge --patch-file "$work/patch" \\
    --field-manager "$FIELD_MANAGER" > "$work/answer" 2> "$work/error" || not_written
else
  cluster create --filename "$work/write" --field-manager "$FIELD_MANAGER" \\
    > "$work/answer" 2> "$work/error" || not_written
fi
if [ -n "$same" ]; then became='is as it was'; else became='was written'; fi
so_far="$place $became\${restarts:+, but perhaps not all of its readers were restarted}"
if [ -n "$same" ]; then
  echo "Unchanged: key $KEY of $place, $size."
else
  echo "Written: key $KEY of $place, $size."
fi

# 5. Restart readers, and wait until they have restarted.

restart() {
  case \${1%%/*} in
    Rollout)
      cluster patch rollouts.argoproj.io "\${1#*/}" --type merge --patch "{\\"spec\\": {\\"restartAt\\": \\"$time\\"}}"
      ;;
    *) cluster rollout restart "$1" && cluster rollout status "$1" --timeout "$ROLLOUT_TIMEOUT" ;;
  esac
}
failed=
for workload in $restarts; do
  if restart "$workload" > "$work/answer" 2> "$work/error"; then
    echo "Restarted: $workload."
    restarted="$restarted $workload"
  else
    failed="$failed $workload: $(reason)."
  fi
done
if [ -n "$restarts" ]; then
  jq --null-input --arg kept "$sum$restarted" '{metadata: {annotations: {($ENV.ANNOTATION_RESTARTED): $kept}}}' > "$work/patch"
  cluster patch configmap "$CACHE" --type merge --patch-file "$work/patch" --field-manager "$FIELD_MANAGER" \\
    > "$work/answer" 2> "$work/error" || failed="$failed That was not kept, and the next run restarts again: $(reason)."
fi
[ -z "$failed" ] || fail "The cache $became, but not all of its readers were restarted:$failed" 3
`;
