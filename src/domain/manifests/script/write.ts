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
`;

const SEND = `# Data that is as it was is sent again: server-side apply removes what its manager leaves out. The API server
# keeps what is the same, and only the time moves.
query="fieldManager=$(escaped "$FIELD_MANAGER")&force=true&fieldValidation=Strict"
api "$path?$query" apply-patch+yaml || fail "The API server did not write $NAMESPACE/$CACHE: $(reason)."
if cmp -s "$work/fetched" "$present"; then
  echo "Unchanged: key $KEY of $NAMESPACE/$CACHE, $size."
  [ "$STEP" != detect ] || echo unchanged >&3
  exit 0
fi
echo "Written: key $KEY of $NAMESPACE/$CACHE, $size."

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
  path=/apis/$group/namespaces/$(escaped "$NAMESPACE")/$plural/$(escaped "\${1#*/}")
  api "$path?fieldManager=$manager" "$type"
}
failed=
for workload in $RESTARTS; do
  if restart "$workload"; then echo "Restarted: $workload."; else failed="$failed $workload: $(reason)."; fi
done
[ -z "$failed" ] || fail "The cache was written, but not all of its readers were restarted:$failed" 3
`;

/** The part of the refresh script that writes the key and restarts readers. */
export const WRITE = BODY + SEND;
