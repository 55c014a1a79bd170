# An interactive zsh that prints what it would offer, each word in angle brackets.
PROMPT=
autoload -U compinit
compinit -u -D
zstyle ':completion:*' insert-tab false
compadd() {
    # These options ask for matches, they do not offer any.
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a found
    builtin compadd -A found "$@"
    (( $#found )) && print -r -- "<${(j:><:)found}>"
    return $(( ! $#found ))
}
finish() {
    print -r -- "<end>"
    comppostfuncs=(finish) # zsh empties it each time
}
comppostfuncs=(finish)
