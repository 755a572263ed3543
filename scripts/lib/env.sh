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
			return 0
		fi
	done
	return 1
}

# build_everything: node, tools and tests at once, with one set of features, so that nothing is
# compiled twice.
build_everything() {
	say "building node, runtime, device, prover and tests (about 40 minutes the first time on two cores)"
	(cd "$ROOT" && cargo build --release --locked --workspace --bins --tests)
	say "built"
}
