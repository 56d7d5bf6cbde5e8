#!/bin/sh
# Renew the vendored files: edit the version in package.json, run this, then look at the gallery page.
# npm is needed here only; the portal runs and installs without it.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here/package.json" "$work/"
[ -f "$here/package-lock.json" ] && cp "$here/package-lock.json" "$work/"
(cd "$work" && npm install --ignore-scripts --no-audit --no-fund --omit=peer --silent)
# The lock keeps versions and integrity hashes, not the address of a registry.
sed -e '/"resolved":/d' "$work/package-lock.json" > "$here/package-lock.json"
mkdir -p "$here/bootstrap"
sed -e '/sourceMappingURL/d' "$work/node_modules/bootstrap/dist/css/bootstrap-reboot.min.css" > "$here/bootstrap/reboot.min.css"
cp "$work/node_modules/bootstrap/LICENSE" "$here/bootstrap/LICENSE"
version=$(sed -n 's/.*"version": "\(.*\)".*/\1/p' "$work/node_modules/bootstrap/package.json" | head -1)
{
  cat "$here/README.head.md"
  printf '| file | from | sha256 |\n|---|---|---|\n'
  for file in bootstrap/reboot.min.css bootstrap/LICENSE; do
    printf '| `%s` | bootstrap %s (MIT) | `%s` |\n' "$file" "$version" "$(sha256sum "$here/$file" | cut -d' ' -f1)"
  done
} > "$here/README.md"
