# Sourced by build.sh and by the scripts beside this file: what the machine must have, and how we speak to the user.
# Callers stand in the repository's root.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="${DOTNET_SYSTEM_GLOBALIZATION_INVARIANT:-1}" # so that the SDK runs without libicu
export MSBUILDDISABLENODEREUSE=1                                                            # leave no build process behind

say() { printf '%s\n' "$*"; }
die() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
seconds_since() { awk -v from="$1" -v to="$EPOCHREALTIME" 'BEGIN { printf "%.1f", to - from }'; }

# $1 project or solution, the rest goes to dotnet build. Prints nothing when all is well, else each error once.
compile() {
    local log
    mkdir -p artifacts
    log=artifacts/build-$(basename "$1").log
    dotnet build "$@" -c Release --nologo -v minimal </dev/null >"$log" 2>&1 ||
        { grep -E '(error|warning) [A-Z]+[0-9]+:' "$log" | sort -u >&2 || cat "$log" >&2; die "compiling $1 failed (log: $log)"; }
}

# The first folder that has the plugins the demo, the tests and the benchmark delegate to.
plugin_dir() {
    local dir
    for dir in ${CNI_PATH:+"${CNI_PATH%%:*}"} /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
        if [ -x "$dir/bridge" ] && [ -x "$dir/macvlan" ] && [ -x "$dir/host-local" ]; then
            printf '%s\n' "$dir"
            return
        fi
    done
    return 1
}

machine_for_dotnet() {
    command -v dotnet >/dev/null ||
        die 'the .NET SDK is missing. Install the .NET 10 SDK (package dotnet-sdk-10.0, or the dotnet-install script) and put dotnet on the PATH'
    dotnet --version >/dev/null 2>&1 ||
        die "no installed .NET SDK suits global.json, which asks for $(tr -d '\n' <global.json). Installed: $(dotnet --list-sdks | tr '\n' ' ')"
}

machine_for_compiling() {
    machine_for_dotnet
    local missing=()
    command -v clang >/dev/null || command -v gcc >/dev/null || missing+=(gcc)   # links the AOT binaries, compiles bench/null-plugin
    command -v objcopy >/dev/null || missing+=(binutils)
    [ -e /usr/include/stdlib.h ] || missing+=(libc6-dev)
    install_missing
}

# $@ as publish has them: for another architecture clang links, with the libraries of that one.
machine_for_publishing() {
    local missing=()
    machine_for_compiling
    case " $* " in *' arm64 '*) ;; *) return ;; esac
    command -v clang >/dev/null || missing+=(clang)
    command -v ld.lld >/dev/null || missing+=(lld)
    command -v aarch64-linux-gnu-objcopy >/dev/null || missing+=(binutils-aarch64-linux-gnu)
    [ -e /usr/lib/gcc-cross/aarch64-linux-gnu ] || missing+=(gcc-aarch64-linux-gnu)
    [ -e /usr/aarch64-linux-gnu/include/stdlib.h ] || missing+=(libc6-dev-arm64-cross)
    install_missing
}

machine_for_running() {
    local missing=()
    plugin_dir >/dev/null || missing+=(containernetworking-plugins)
    command -v ip >/dev/null || missing+=(iproute2)
    command -v ping >/dev/null || missing+=(iputils-ping)
    install_missing
}

# Tests start a container runtime of their own; its sandboxes run a busybox that needs no other file.
machine_for_testing() {
    local missing=()
    { command -v containerd && command -v ctr; } >/dev/null || missing+=(containerd)
    command -v runc >/dev/null || missing+=(runc)
    command -v kubectl >/dev/null || missing+=(kubernetes-client)
    command -v umoci >/dev/null || missing+=(umoci)
    command -v chromium >/dev/null || missing+=(chromium)
    if [ ! -x /bin/busybox ] || ldd /bin/busybox >/dev/null 2>&1; then missing+=(busybox-static); fi
    install_missing
}

# Installs the Debian packages in the caller's array `missing`; says what is needed where it cannot.
install_missing() {
    [ ${#missing[@]} -gt 0 ] || return 0
    local wanted="needs the packages: ${missing[*]}"
    command -v apt-get >/dev/null || die "this machine $wanted. It has no apt-get; install the same by its own means and start again"
    [ "$(id -u)" -eq 0 ] || die "this machine $wanted. Start again as root, or run: sudo apt-get install ${missing[*]}"
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null || die "apt-get update failed, and this machine $wanted"
    apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null || die "apt-get could not install ${missing[*]}"
}

require_root() {
    [ "$(id -u)" -eq 0 ] || die "$1 makes network namespaces and links, which takes root: sudo ./build.sh $1"
}
