#!/bin/sh
# Installs Qian from this folder, without any network (离线安装). Nothing outside of the folders named below is touched.
#
#   ./install.sh                      program in /opt/qian, service, user, settings in /etc/qian, data in /var/lib/qian
#   ./install.sh --program FOLDER     the program alone, in FOLDER/VERSION
#
# An earlier version stays beside this one: FOLDER/current names the one that is used.
set -eu
umask 022
cd "$(dirname "$0")"

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

only_program=
prefix=/opt/qian
case "${1-}" in
"") [ "$(id -u)" = 0 ] || fail "Run this as root, or with --program FOLDER (请以 root 运行，或用 --program 指定文件夹)." ;;
--program) only_program=yes; prefix=${2:?FOLDER} ;;
*) fail "usage: install.sh [--program FOLDER]" ;;
esac

sha256sum --check --quiet --strict SHA256SUMS || fail "This bundle is not whole; copy it again (安装包不完整，请重新拷贝)."

version=$(cat VERSION)
wanted=$(cat PYTHON)
python=${PYTHON:-python3}
found=$("$python" -c 'import platform, sys; print("%d.%d" % sys.version_info[:2], platform.machine())') ||
    fail "Python is not here; install $wanted, or name it by PYTHON=… (未找到 Python)."
[ "$found" = "$wanted" ] ||
    fail "This bundle is for Python $wanted, and $python is $found; name another by PYTHON=… (安装包与 Python 版本不符)."

program=$prefix/$version
[ ! -e "$program" ] || fail "$program is there already; remove it first to install it anew (该版本已安装)."
mkdir -p "$prefix"
trap 'rm -rf "$program"' EXIT
"$python" -m venv --without-pip "$program"
pip=$(echo wheels/pip-*.whl)
"$program/bin/python" "$pip/pip" --quiet --disable-pip-version-check install --no-index --no-deps wheels/*.whl
mkdir -p "$program/share/doc/qian"
cp -R README.md README.zh-CN.md docs bill-of-materials.json "$program/share/doc/qian/"
"$program/bin/qian" --version >/dev/null
trap - EXIT
ln -sfn "$version" "$prefix/current"
say "Installed (已安装): $program"
[ -z "$only_program" ] || exit 0

id qian >/dev/null 2>&1 || useradd --system --home-dir /var/lib/qian --shell /usr/sbin/nologin qian
install -d -m 0700 -o qian -g qian /var/lib/qian
install -d -m 0750 -o root -g qian /etc/qian
[ -e /etc/qian/qian.env ] || install -m 0640 -o root -g qian qian.env /etc/qian/qian.env
install -m 0755 qian /usr/local/bin/qian
install -m 0644 qian.service /etc/systemd/system/qian.service
if command -v systemctl >/dev/null; then systemctl daemon-reload; fi
say "Next (下一步), see docs/installation.md:"
say "  sudo -u qian qian init --origin log.example.gov.cn/qian --name 某区住房和城乡建设局"
say "  systemctl enable --now qian"
