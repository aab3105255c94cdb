#!/bin/sh
# Start one process of the dashboard: start.sh ADDRESS PORT. In a container, its outlines are first laid where pages write beside them.
set -eu
cd "$(dirname "$0")/.."
if [ -d outlines ] && [ ! -e static/geo/index.json ]; then
    cp -R outlines/. static/geo/
fi
exec .venv/bin/python -m streamlit run dashboard.py \
    --server.headless true --server.address "$1" --server.port "$2"
