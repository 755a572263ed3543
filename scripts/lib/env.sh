# Sourced by every script: where things are, which toolchain builds them.
# shellcheck shell=bash

set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export ROOT
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$HOME/.cache/pogcs-target}"
BIN="$CARGO_TARGET_DIR/release"
export BIN

# The oldest Rust that the SDK set builds with.
RUST_MINIMUM=1.93
WASM_TARGET=wasm32v1-none
FIRMWARE_TARGET=thumbv8m.main-none-eabi

# say WORDS: one line of progress, with the time since the script began.
say() {
	printf '\033[1m[%3d:%02d]\033[0m %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*" >&2
}

# fail WORDS: what went wrong and what to do about it.
fail() {
	printf '\033[31merror:\033[0m %s\n' "$*" >&2
	exit 1
}

# at_least HAVE WANT: whether version HAVE is WANT or newer.
at_least() {
	[ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# rust_version RUSTC: its version, or 0.
rust_version() {
	"$1" --version 2>/dev/null | cut -d' ' -f2 || echo 0
}

# has_target RUSTC TARGET: whether its libraries for TARGET are installed.
has_target() {
	compgen -G "$("$1" --print sysroot)/lib/rustlib/$2/lib/libcore-*.rlib" >/dev/null
}

# The first toolchain that has the runtime's target builds everything: Debian's where setup has
# prepared it, rustup's otherwise. Always the same one, or every crate would be built twice.
use_toolchain() {
	local rustc
	for rustc in /usr/bin/rustc "$HOME/.cargo/bin/rustc" "$(command -v rustc || true)"; do
		if [ -x "$rustc" ] && at_least "$(rust_version "$rustc")" "$RUST_MINIMUM" &&
			has_target "$rustc" "$WASM_TARGET"; then
			PATH="$(dirname "$rustc"):$PATH"
			export PATH
			use_linker
			return 0
		fi
	done
	return 1
}

# Linking a test binary against the SDK takes most of a minute with GNU ld. rustup's compiler for
# x86-64 brings a faster linker of its own and uses it; any other is told of Debian's.
use_linker() {
	local host lld
	host=$(rustc -vV | sed -n 's/^host: //p')
	if [ "$host" = x86_64-unknown-linux-gnu ] &&
		[ -x "$(rustc --print sysroot)/lib/rustlib/$host/bin/gcc-ld/ld.lld" ]; then
		return 0
	fi
	lld=$(command -v ld.lld-22 || command -v ld.lld) && command -v clang >/dev/null || return 0
	host=${host//-/_}
	export "CARGO_TARGET_${host^^}_LINKER=clang"
	export "CARGO_TARGET_${host^^}_RUSTFLAGS=-Clink-arg=--ld-path=$lld"
}

# What only scripts/bench needs: the chain that ours is compared with.
PEERS=(--exclude pogcs-bench-aura --exclude pogcs-bench-aura-runtime)

# build_everything: node, tools and tests at once, with one set of features, so that nothing is
# compiled twice.
build_everything() {
	say "building node, runtime, device, prover and tests (about 40 minutes the first time on two cores)"
	(cd "$ROOT" && cargo build --release --locked --workspace "${PEERS[@]}" --bins --tests)
	say "built"
}
