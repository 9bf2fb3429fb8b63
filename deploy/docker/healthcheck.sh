#!/usr/bin/env bash
# Asks the server in the same container whether it is well. bash opens the connection itself: the image has no curl.
set -euo pipefail
port=${ZVONOK_PORT:-${PORT:-3001}}

exec 3<>"/dev/tcp/127.0.0.1/$port"
# With a certificate the port speaks TLS, which bash does not; that it takes connections must do.
if [[ -n ${ZVONOK_TLS_CERT-} ]]; then exit 0; fi
printf 'GET /healthz HTTP/1.0\r\n\r\n' >&3
IFS= read -r -t 2 status <&3
[[ $status == 'HTTP/1.'?' 200 '* ]]
