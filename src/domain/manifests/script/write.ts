/** The part of a refresh script that makes what is written. */
export const BODY = `# 4. Write.

time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sum_up "$work/fetched"
sum=$summed
record=
if [ -n "$ANNOTATION_ETAG" ] && [ -n "$tag" ]; then
  stamp "$work/fetched"
  record="$stamped $tag"
fi
jq --arg time "$time" --arg sum "$sum" --arg record "$record" '{
  apiVersion, kind,
  metadata: {
    name: $ENV.CACHE, namespace: $ENV.NAMESPACE,
    annotations: ({
      ($ENV.ANNOTATION_SOURCE): $ENV.SOURCE,
      ($ENV.ANNOTATION_REFRESHED): $time,
      ($ENV.ANNOTATION_SHA256): $sum
    } + if $ENV.MAX_AGE == "" then {} else {($ENV.ANNOTATION_MAX_AGE): $ENV.MAX_AGE} end
      + if $record == "" then {} else {($ENV.ANNOTATION_ETAG): $record} end)
  }
} + ({data, binaryData} | with_entries(select(.value != null)))' "$work/made" > "$work/body"

# Compares with what is there, and finds out whom to restart and the version to write on. A run before this one may have
# ended before it restarted all, and another refresh of the key may restart others: the write of new data empties the
# annotation, and who was restarted for it fills it. Where it is missing or for other data, somebody else wrote.
compare() {
  same=
  marked=
  restarts=$RESTARTS
  restarted=
  kept=$(jq --slurp --raw-output '.[0].metadata.annotations[$ENV.ANNOTATION_RESTARTED] // "-"' "$work/map")
  if ! [ -f "$present" ] || ! cmp -s "$work/fetched" "$present"; then
    [ "$RESTARTS$kept" = - ] || marked=yes
  else
    same=yes
    [ -n "$kept" ] || marked=yes
    case $kept in
      '') ;;
      "$sum" | "$sum "*)
        restarts=
        restarted=\${kept#"$sum"}
        for workload in $RESTARTS; do
          case "$restarted " in *" $workload "*) ;; *) restarts="$restarts $workload" ;; esac
        done
        ;;
      *) restarts= ;;
    esac
  fi
  jq --arg marked "$marked" --slurpfile map "$work/map" '
    .metadata += ($map[0].metadata // {} | with_entries(select(.key == "uid" or .key == "resourceVersion")))
    | if $marked == "" then . else .metadata.annotations[$ENV.ANNOTATION_RESTARTED] = "" end' "$work/body" > "$work/write"
}
`;

const SEND = `# On the version that is looked at right before. Data that is as it was is sent again: server-side apply removes what its
# manager leaves out. The API server keeps what is the same, and only the time moves.
query="fieldManager=$(escaped "$FIELD_MANAGER")&force=true&fieldValidation=Strict"

# A key is in data or in binaryData, whoever put it there: in one request it leaves the one for the other.
move() {
  jq --slurpfile map "$work/map" 'def moves($to; $from): .[$to] and ($map[0][$from] // {} | has($ENV.KEY));
    if moves("data"; "binaryData") or moves("binaryData"; "data") then {
      metadata: (.metadata | {uid, resourceVersion}
        + {annotations: (.annotations | with_entries(select(.key == $ENV.ANNOTATION_RESTARTED)))}),
      data: (.data // {($ENV.KEY): null}),
      binaryData: (.binaryData // {($ENV.KEY): null})
    } else empty end' "$work/write" > "$work/move"
  [ -s "$work/move" ] || return 0
  api "$path?fieldManager=$(escaped "$FIELD_MANAGER")" merge-patch+json "$work/move" || return 1
  cat "$work/answer" > "$work/map"
  moved=yes
  jq --slurpfile map "$work/map" '.metadata.resourceVersion = $map[0].metadata.resourceVersion' "$work/write" > "$work/moved"
  cat "$work/moved" > "$work/write"
}

# Of two steps, the first answers on its output whether there is something to do, and puts no other word there. What is
# as it was it writes itself, which moves the time.
if [ "$STEP" = detect ]; then exec 3>&1 >&2; fi
looks=10
while :; do
  look
  compare
  if [ "$STEP" = detect ] && [ -z "$same" ]; then
    echo changed >&3
    exit 0
  fi
  weigh
  if move && api "$path?$query" apply-patch+yaml "$work/write"; then break; fi
  # Without an answer, or after one that says that the server or a proxy is in trouble, it may have been carried out.
  case $moved$status in
    '' | 5??) fail "It is not known whether the API server wrote $NAMESPACE/$CACHE: $(reason)." ;;
  esac
  # Somebody else was faster: what is there is looked at anew.
  looks=$((looks - 1))
  if [ "$status" != 409 ] || [ "$looks" -eq 0 ]; then not_written; fi
done
uid=$(jq --raw-output .metadata.uid "$work/answer")
if [ -n "$same" ]; then
  became='is as it was'
  echo "Unchanged: key $KEY of $NAMESPACE/$CACHE, $size."
else
  became='was written'
  echo "Written: key $KEY of $NAMESPACE/$CACHE, $size."
fi

# 5. Restart readers, as kubectl rollout restart does; a Rollout as Argo's plugin does.

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
  object=/apis/$group/namespaces/$(escaped "$NAMESPACE")/$plural/$(escaped "\${1#*/}")
  api "$object?fieldManager=$manager" "$type" "$work/body" "\${1%%/*}" || return 1
  jq --raw-output 'if .kind != "Rollout" and .spec.paused == true then "it is paused, and restarts when it is resumed"
    elif .spec.updateStrategy.type == "OnDelete" then "OnDelete keeps its pods until somebody deletes them"
    else empty end' "$work/answer" > "$work/error"
}
failed=
for workload in $restarts; do
  if ! restart "$workload"; then
    failed="$failed $workload: $(reason)."
    continue
  fi
  # What was accepted is not asked again: a paused one restarts when it is resumed, whatever the next run does.
  restarted="$restarted $workload"
  if [ -s "$work/error" ]; then
    failed="$failed $workload: $(reason)."
  else
    echo "Restarted: $workload."
  fi
done

# Kept under a manager of its own, so that neither removes what the other has. The uid keeps it from making a map anew.
if [ -n "$restarts" ]; then
  jq --null-input --arg uid "$uid" --arg kept "$sum$restarted" '{
    apiVersion: "v1", kind: "ConfigMap",
    metadata: {name: $ENV.CACHE, namespace: $ENV.NAMESPACE, uid: $uid, annotations: {($ENV.ANNOTATION_RESTARTED): $kept}}
  }' > "$work/body"
  query="fieldManager=$(escaped "$RESTARTED_MANAGER")&force=true&fieldValidation=Strict"
  api "$path?$query" apply-patch+yaml "$work/body" || failed="$failed That was not kept, and the next run restarts again: $(reason)."
fi
[ -z "$failed" ] || fail "The cache $became, but not all of its readers were restarted:$failed" 3
[ "$STEP" != detect ] || echo unchanged >&3
`;

/** The part of the refresh script that writes the key and restarts readers. */
export const WRITE = BODY + SEND;
