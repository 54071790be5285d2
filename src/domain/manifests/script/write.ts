/** The part of a refresh script that makes what is written. */
export const BODY = `# 4. Write.

time=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sum=$(sha256sum "$work/fetched" | cut -d ' ' -f 1)
record=
if [ -n "$ANNOTATION_ETAG" ] && [ -n "$tag" ]; then record="$(stamp "$work/fetched") $tag"; fi
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

same=
if [ -f "$present" ] && cmp -s "$work/fetched" "$present"; then
  same=yes
elif [ -n "$RESTARTS" ]; then
  # From now on until it says otherwise, nobody has restarted for what the map holds.
  jq '.metadata.annotations[$ENV.ANNOTATION_RESTARTED] = ""' "$work/body" > "$work/marked"
  cat "$work/marked" > "$work/body"
fi

# The readers to restart for this data, by what a run before this one has kept in the map that is given. It may have
# ended before it restarted all of them.
left_by() {
  kept=$(jq --raw-output '.metadata.annotations[$ENV.ANNOTATION_RESTARTED] // ""' "$1")
  case $kept in
    "$sum") ;;
    "$sum "*)
      for workload in $RESTARTS; do
        case "$kept " in *" $workload "*) printf ' %s' "$workload" ;; esac
      done
      ;;
    *) printf '%s' "$RESTARTS" ;;
  esac
}
`;

const SEND = `# Data that is as it was is sent again: server-side apply removes what its manager leaves out. The API server
# keeps what is the same, and only the time moves.
query="fieldManager=$(escaped "$FIELD_MANAGER")&force=true&fieldValidation=Strict"
api "$path?$query" apply-patch+yaml || fail "The API server did not write $NAMESPACE/$CACHE: $(reason)."
uid=$(jq --raw-output .metadata.uid "$work/answer")
if [ -n "$same" ]; then
  echo "Unchanged: key $KEY of $NAMESPACE/$CACHE, $size."
  restarts=$(left_by "$work/answer")
else
  echo "Written: key $KEY of $NAMESPACE/$CACHE, $size."
  restarts=$RESTARTS
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
  api "$object?fieldManager=$manager" "$type" || return 1
  jq --raw-output 'if .kind != "Rollout" and .spec.paused == true then "it is paused, and restarts when it is resumed"
    elif .spec.updateStrategy.type == "OnDelete" then "OnDelete keeps its pods until somebody deletes them"
    else empty end' "$work/answer" > "$work/error"
  ! [ -s "$work/error" ]
}
failed=
left=
for workload in $restarts; do
  if restart "$workload"; then
    echo "Restarted: $workload."
  else
    failed="$failed $workload: $(reason)."
    left="$left $workload"
  fi
done

# Kept under a manager of its own, so that neither removes what the other has. The uid keeps it from making a map anew.
if [ -n "$restarts" ]; then
  jq --null-input --arg uid "$uid" --arg kept "$sum$left" '{
    apiVersion: "v1", kind: "ConfigMap",
    metadata: {name: $ENV.CACHE, namespace: $ENV.NAMESPACE, uid: $uid, annotations: {($ENV.ANNOTATION_RESTARTED): $kept}}
  }' > "$work/body"
  query="fieldManager=$(escaped "$RESTARTED_MANAGER")&force=true&fieldValidation=Strict"
  api "$path?$query" apply-patch+yaml || failed="$failed That was not kept, and the next run restarts again: $(reason)."
fi
[ -z "$failed" ] || fail "The cache was written, but not all of its readers were restarted:$failed" 3
[ "$STEP" != detect ] || echo unchanged >&3
`;

/** The part of the refresh script that writes the key and restarts readers. */
export const WRITE = BODY + SEND;
