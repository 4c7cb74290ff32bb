#!/usr/bin/env bash
# Gives Kibana its password, and Lyhörd a user that can touch nothing but its own indices.
# Running it again sets the same again.
set -euo pipefail

readonly url=${ELASTICSEARCH_URL:?}

for name in ELASTIC_PASSWORD KIBANA_PASSWORD LYHORD_STORE_PASSWORD; do
  # They are put into JSON, and into curl's settings, as they are.
  if [[ ! ${!name:-} =~ ^[A-Za-z0-9._~-]{12,}$ ]]; then
    echo "$name in .env: letters, digits and . _ ~ - only, 12 or more" >&2
    exit 2
  fi
done

send() {
  local method=$1 path=$2 body=$3
  echo "$method /$path"
  # The password by a pipe: a command line can be read by every process beside it.
  printf '%s' "$body" | curl --silent --show-error --fail-with-body --max-time 30 \
    --retry 5 --retry-connrefused \
    --config <(printf 'user = "elastic:%s"\n' "$ELASTIC_PASSWORD") \
    --header 'Content-Type: application/json' --request "$method" --data-binary @- "$url/$path"
  echo
}

send POST _security/user/kibana_system/_password "{\"password\": \"$KIBANA_PASSWORD\"}"
send PUT _security/role/lyhord '{
  "cluster": ["monitor", "manage_index_templates", "manage_ilm", "manage_ingest_pipelines"],
  "indices": [{"names": ["lyhord-*"], "privileges": ["all"]}]
}'
send PUT _security/user/lyhord "{\"password\": \"$LYHORD_STORE_PASSWORD\", \"roles\": [\"lyhord\"]}"
