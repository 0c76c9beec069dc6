#!/usr/bin/env bash
# The step of action.yml that runs the check. Inputs come through the environment only, and reach no shell as code.
set -euo pipefail

arguments=(check --format github --output "sarif=$INPUT_SARIF_FILE" --on-server-error "$INPUT_ON_SERVER_ERROR")
[ -z "$INPUT_CONFIG" ] || arguments+=(--config "$INPUT_CONFIG")
[ -z "$INPUT_FAIL_ON" ] || arguments+=(--fail-on "$INPUT_FAIL_ON")
arguments+=(--)
while IFS= read -r path; do
  [ -z "$path" ] || arguments+=("$path")
done <<<"$INPUT_PATHS"

status=0
"$RUNNER_TEMP/downhaul/release/downhaul" "${arguments[@]}" || status=$?
{
  echo "exit-code=$status"
  echo "sarif-file<<end-of-sarif-file"
  echo "$INPUT_SARIF_FILE"
  echo "end-of-sarif-file"
} >>"$GITHUB_OUTPUT"
exit "$status"
