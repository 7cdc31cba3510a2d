#!/bin/sh
# Runs "npm ci" and says every few seconds how far it is: npm itself is silent for a minute where there is no terminal.
set -eu
cd "$(dirname "$0")/.."

echo 'Installing what package-lock.json names into node_modules, the pinned Node among it (once; about half a minute) …'
npm ci --no-audit --no-fund --loglevel=error --progress=false &
npm=$!
trap 'kill "$npm" 2>/dev/null' INT TERM
seconds=0
while kill -0 "$npm" 2>/dev/null; do
  sleep 1
  seconds=$((seconds + 1))
  if [ $((seconds % 3)) -eq 0 ] && kill -0 "$npm" 2>/dev/null; then
    there=$(ls -d node_modules/*/package.json node_modules/@*/*/package.json 2>/dev/null | wc -l)
    echo "  … $seconds s, $there packages unpacked"
  fi
done
wait "$npm"
echo "Installed in $seconds s: Node $(node_modules/.bin/node --version)"
