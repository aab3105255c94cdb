#!/bin/sh
# Install the dashboard as services of a Debian machine, from a tree in /opt/clsm:
#   sudo sh /opt/clsm/deploy/install.sh NAME CERTIFICATE KEY [PROCESSES]
# Asked again, it brings the services up to date and keeps /etc/clsm/environment.
set -eu
if [ "$#" -lt 3 ]; then
    echo "install.sh NAME CERTIFICATE KEY [PROCESSES]" >&2
    exit 2
fi
CLSM_NAME=$1 CLSM_CERTIFICATE=$2 CLSM_KEY=$3
count=${4:-3}
cd /opt/clsm
umask 022
chmod -R a+rX .streamlit/config.toml dashboard.py data deploy geo pages static ui  # whoever cloned the tree may keep it to himself

apt-get update
apt-get install -y --no-install-recommends gettext-base make nginx openssl postgresql python3 python3-venv
make setup
.venv/bin/python -m compileall -q geo ui pages dashboard.py  # processes may not write beside them
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r locks/requirements-server.lock

id clsm >/dev/null 2>&1 || useradd --system --no-create-home --home-dir /var/lib/clsm --shell /usr/sbin/nologin clsm
chown -R clsm: static/geo  # what pages write while they run; all the rest is read only for them

# The register, reached through a socket by the user of the system: there is no password.
runuser -u postgres -- psql -tAc "SELECT 1 FROM pg_roles WHERE rolname = 'clsm'" | grep -q 1 || runuser -u postgres -- createuser clsm
runuser -u postgres -- psql -tAc "SELECT 1 FROM pg_database WHERE datname = 'clsm'" | grep -q 1 || runuser -u postgres -- createdb -O clsm clsm

mkdir -p /etc/clsm
if [ ! -e /etc/clsm/environment ]; then
    (
        umask 077
        cat >/etc/clsm/environment <<END
CLSM_REGISTER=postgresql+psycopg://clsm@/clsm?host=/var/run/postgresql&connect_timeout=5
CLSM_ADDRESS=https://$CLSM_NAME/
STREAMLIT_SERVER_COOKIE_SECRET=$(openssl rand -hex 32)
END
    )
fi

CLSM_PORT=443 CLSM_PLAIN_PORT=80 CLSM_CACHE=/var/cache/nginx-clsm CLSM_LOG=/var/log/nginx/clsm.log
CLSM_ERRORS=/var/log/nginx/clsm-errors.log
CLSM_PROCESSES='' units=''
for port in $(seq 8501 $((8500 + count))); do
    CLSM_PROCESSES="$CLSM_PROCESSES server 127.0.0.1:$port max_fails=1 fail_timeout=5s;"
    units="$units clsm@$port.service"
done
export CLSM_NAME CLSM_CERTIFICATE CLSM_KEY CLSM_PORT CLSM_PLAIN_PORT CLSM_CACHE CLSM_LOG CLSM_ERRORS CLSM_PROCESSES
envsubst "$(env | sed -n 's/^\(CLSM_[A-Z_]*\)=.*/${\1}/p' | tr '\n' ' ')" <deploy/nginx.conf >/etc/nginx/conf.d/clsm.conf
nginx -t

cp deploy/clsm@.service deploy/clsm.target /etc/systemd/system/
systemctl daemon-reload
# shellcheck disable=SC2086 # several names
systemctl enable clsm.target $units
for unit in $units; do  # one after the other: each is ready before the next one stops
    systemctl restart "$unit"
done
systemctl start clsm.target
systemctl reload-or-restart nginx
