# Tells whether the sources changed since a build. Sourced, never run.

# Whether nothing in the checkout $1 is newer than the time in the first line of the file $2, which is when
# that build began. Folders count too, so that a deleted file is noticed, but not those that a build itself writes into.
is_fresh() {
    local built newer
    [ -r "$2" ] || return 1
    read -r built <"$2" || return 1
    newer=$(find "$1/pom.xml" "$1"/*/pom.xml "$1"/{core,storage,client,server,cli}/src/main "$1"/web/* \
        \( -name node_modules -o -name target -o -name dist \) -prune -o -newermt "$built" -print 2>/dev/null | head -n 1)
    [ -z "$newer" ]
}
