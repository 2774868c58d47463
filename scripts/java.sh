# Finds a JDK for ./build and ./syncline. Sourced, never run.

# The oldest JDK that compiles and runs Syncline.
jdk_needed=25

# Prints the feature version of the JDK at $1, 0 where there is none. Reads its `release` file: starting
# each candidate would cost 50 ms apiece.
jdk_version() {
    local line version=0
    if [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ]; then
        while IFS= read -r line; do
            case $line in
                JAVA_VERSION=*)
                    version=${line#JAVA_VERSION=}
                    version=${version//\"/}
                    version=${version%%[!0-9]*}
                    ;;
            esac
        done <"$1/release"
    fi
    printf '%s\n' "${version:-0}"
}

# Sets JAVA_HOME to a JDK that is new enough, or says what to install and exits. The order: JAVA_HOME
# itself, the java on the PATH, then the usual places, the oldest that will do first, so that a machine
# with several builds with the one that the project is tested with.
find_java_home() {
    local candidate found version best=0
    if [ -n "${JAVA_HOME:-}" ] && [ "$(jdk_version "$JAVA_HOME")" -ge "$jdk_needed" ]; then
        return 0
    fi
    if found=$(command -v javac 2>/dev/null); then
        candidate=$(cd "$(dirname "$(readlink -f "$found" 2>/dev/null || printf '%s' "$found")")/.." && pwd)
        if [ "$(jdk_version "$candidate")" -ge "$jdk_needed" ]; then
            JAVA_HOME=$candidate
            return 0
        fi
    fi
    JAVA_HOME=
    for candidate in \
        /usr/lib/jvm/* /opt/* /opt/java/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
        "${HOME:-/nonexistent}"/.jdks/* "${HOME:-/nonexistent}"/Library/Java/JavaVirtualMachines/*/Contents/Home \
        /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
        version=$(jdk_version "$candidate")
        if [ "$version" -ge "$jdk_needed" ] && { [ "$best" -eq 0 ] || [ "$version" -lt "$best" ]; }; then
            best=$version
            JAVA_HOME=$candidate
        fi
    done
    if [ -z "$JAVA_HOME" ]; then
        cat >&2 <<MESSAGE
Syncline needs a JDK of version $jdk_needed or newer, and none was found in JAVA_HOME, on the PATH, or in the usual
places. Install one, for example Eclipse Temurin $jdk_needed (package temurin-$jdk_needed-jdk), or your system's
openjdk-$jdk_needed-jdk; if it lies in an unusual place, set JAVA_HOME to its folder.
MESSAGE
        exit 69
    fi
}
