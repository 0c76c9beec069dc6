#!/usr/bin/env bash
# Runs the check. Inputs come through the environment only and reach no shell as code. The verdict is a step of its own,
# so that a failing check still gets its log uploaded.
set -euo pipefail

cd -- "$GITHUB_WORKSPACE/$INPUT_WORKING_DIRECTORY"
arguments=(check --output "sarif=$INPUT_SARIF_FILE")

# Pull requests from forks have no secrets. The rules about code alone are better than nothing, and it is said.
if [ -n "$UNLEASH_URL" ] && [ -z "$UNLEASH_TOKEN" ]; then
  echo "::notice title=downhaul::There is no token for the flag server here (a pull request from a fork has no secrets), so only a snapshot file or the code itself was looked at."
  unset UNLEASH_URL UNLEASH_TOKEN
  arguments+=(--offline --on-server-error warn)
else
  arguments+=(--on-server-error "$INPUT_ON_SERVER_ERROR")
fi
[ -n "${UNLEASH_URL:-}" ] || unset UNLEASH_URL UNLEASH_TOKEN

report=$(mktemp -d "$RUNNER_TEMP/downhaul.XXXXXX")
arguments+=(--output "json=$report/report.json" --output "markdown=$report/comment.md")
[ -z "$INPUT_CONFIG" ] || arguments+=(--config "$INPUT_CONFIG")
[ -z "$INPUT_FAIL_ON" ] || arguments+=(--fail-on "$INPUT_FAIL_ON")
if [ "$INPUT_MERGE_BASE" = true ] && [ -n "${GITHUB_BASE_REF:-}" ]; then
  arguments+=(--merge-base "origin/$GITHUB_BASE_REF")
fi
arguments+=(--)
while IFS= read -r path; do
  [ -z "$path" ] || arguments+=("$path")
done <<<"$INPUT_PATHS"

status=0
"$DOWNHAUL" "${arguments[@]}" || status=$?

# A name may hold line breaks, so each value has an end of its own that nobody can guess.
output() {
  local end
  end=end-$(openssl rand -hex 16)
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}
output exit-code "$status"
if [ -f "$INPUT_SARIF_FILE" ] && [ -f "$report/report.json" ]; then
  output sarif-file "$INPUT_WORKING_DIRECTORY/$INPUT_SARIF_FILE"
  output report "$report/report.json"
  output comment-file "$report/comment.md"
  output findings "$(jq '[.findings[] | select(.suppressed == null)] | length' "$report/report.json")"
fi
