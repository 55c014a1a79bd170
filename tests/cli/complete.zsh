# Completes lines in an interactive zsh of its own: complete.zsh SETUP LINE…
# For each line it prints the words offered, in one line.
zmodload zsh/zpty
zpty inner zsh -f -i

read_until() {
    local text
    while zpty -r inner text; do
        print -r -- "$text"
        [[ $text == *$1* ]] && return
    done
    return 1
}

zpty -w inner "source $1"
read_until READY >/dev/null
for line in "${@[2,-1]}"; do
    zpty -w -n inner "$line"$'\t'
    read_until "<end>" | grep -ao '<[^<>]*>' | tr -d '<>' | grep -vx end | sort -u | tr '\n' ' '
    print
    zpty -w -n inner $'\x15' # an empty line again
done
