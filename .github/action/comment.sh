#!/usr/bin/env bash
# Keeps one comment on the pull request: made when there is something to say, brought up to date after that.
set -euo pipefail

marker='<!-- downhaul:comment -->'
body=$(mktemp "$RUNNER_TEMP/comment.XXXXXX")
{ cat -- "$COMMENT_FILE"; printf '\n%s\n' "$marker"; } >"$body"

# Only what the holder of this token wrote: a comment that quotes the marker is somebody's.
existing=$(gh pr view "$PULL_REQUEST" --repo "$GITHUB_REPOSITORY" --json comments \
  --jq ".comments[] | select(.viewerDidAuthor) | select(.body | contains(\"$marker\")) | .url" | head -n 1)

if [ -n "$existing" ]; then
  gh api --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/${existing##*issuecomment-}" --field "body=@$body" --silent
elif [ "$EXIT_CODE" != 0 ]; then
  gh pr comment "$PULL_REQUEST" --repo "$GITHUB_REPOSITORY" --body-file "$body"
fi
