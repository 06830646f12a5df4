// Why this file exists: what a host does when it is told who may log in is written here as two small scripts for its shell.
// They never change: whatever differs reaches them as words or on standard input.

/** Where a host keeps what it knows of people. */
export interface PeoplePlace {
  /** Its own accounts, as the image brings them. */
  readonly base: string
  /** Holds the link `people` to the folder that counts. */
  readonly folder: string
  /** Of the boot: whether the firewall for people is set. */
  readonly state: string
  readonly homes: string
  /** World-writable folders, where whoever is gone leaves nothing. */
  readonly shared: readonly string[]
}

export const peoplePlace: PeoplePlace = {
  base: '/usr/lib/coppice/accounts',
  folder: '/etc/coppice',
  state: '/run/coppice',
  homes: '/home',
  shared: ['/tmp', '/dev/shm'],
}

const baseParts = ['passwd', 'group', 'shadow', 'sudoers', 'shells'] as const

/** A line before each part of an answer. */
function markOf(part: string): string {
  return `== ${part}`
}

/**
 * BASE FOLDER: tells the digest of what counts, who is in it, whose log-ins are still to be ended, and the host's own
 * accounts. An image from before there were people says nothing.
 */
const ask = `
[ -e "$1/shells" ] || exit 0
echo '${markOf('digest')}'
cat "$2/people/digest" 2>/dev/null
echo '${markOf('people')}'
cat "$2/people/people" 2>/dev/null
echo '${markOf('pending')}'
cat "$2/people/ended" 2>/dev/null
${baseParts.map((part) => `echo '${markOf(part)}'\ncat "$1/${part}" || exit 1`).join('\n')}
`

/** Exit statuses of the script below. */
export const takeStatus = { taken: 0, stale: 64, unfenced: 65 } as const

const lock = `
lock=$state/people.lock
tries=0
until ln -s $$ "$lock" 2>/dev/null; do
  holder=$(readlink "$lock")
  [ -d "/proc/$holder" ] || rm -f "$lock"
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || { echo 'another order is still being carried out' >&2; exit 1; }
  sleep 0.1
done
trap 'rm -f "$lock"' EXIT
`

/** By its number, by the number that audit keeps when somebody becomes root, and by a log-in that is under way. */
const endSessions = String.raw`
pids_of() {
  {
    grep -lx "$2" /proc/[0-9]*/loginuid
    grep -lE "^Uid:.*[[:space:]]$2([[:space:]]|\$)" /proc/[0-9]*/status
    grep -lF ": $1 [" /proc/[0-9]*/cmdline
  } 2>/dev/null | cut -d / -f 3 | sort -u
}
living() {
  for pid in $(pids_of "$1" "$2"); do
    grep -q '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" 2>/dev/null && echo "$pid"
  done
}
end_sessions() {
  rounds=0
  while pids=$(living "$1" "$2"); [ -n "$pids" ]; do
    kill -KILL $pids 2>/dev/null
    rounds=$((rounds + 1))
    [ "$rounds" -lt 50 ] || { echo "processes of $1 do not end" >&2; return 1; }
    [ "$rounds" -lt 2 ] || sleep 0.1
  done
}
`

/** Each home is a file system of its own: nobody fills another's, and it goes without a walk through what others may move. */
const homeMiB = 64

/**
 * FOLDER STATE HOMES BEFORE SHARED…, and on standard input a tar of files. One rename makes all of them count; only then
 * do log-ins end, so that none of them can come back.
 */
const take = `
umask 077
folder=$1 state=$2 homes=$3 before=$4
shift 4
[ -e "$state/people-fenced" ] || exit ${takeStatus.unfenced}
${lock}${endSessions}
make_homes() {
  while read -r name uid gid rest; do
    [ ! -e "$homes/$name" ] || continue
    mkdir "$homes/$name" &&
      mount -t tmpfs -o "nosuid,nodev,mode=0700,uid=$uid,gid=$gid,size=${homeMiB}m" home "$homes/$name" ||
      { rmdir "$homes/$name"; return 1; }
  done <"$1"
}
leave_nothing() {
  umount -l "$homes/$1" 2>/dev/null
  [ ! -e "$homes/$1" ] || rmdir "$homes/$1" || return 1
  shift
  find "$@" -maxdepth 1 -user "$uid" ! -type d -exec rm -f {} +
  find "$@" -maxdepth 1 -user "$uid" -type d -exec chmod 0700 {} + -exec chown 0:0 {} +
}
[ "$(cat "$folder/people/digest" 2>/dev/null)" = "$before" ] || exit ${takeStatus.stale}
last=$(readlink "$folder/people")
next=$(mktemp -d "$folder/people.XXXXXX") || exit 1
lay_out() {
  tar -x -f - -C "$next" && mkdir "$next/keys" || return 1
  for key in "$next"/key.*; do
    [ ! -e "$key" ] || mv "$key" "$next/keys/\${key#"$next"/key.}" || return 1
  done
  chmod -R u=rwX,go=rX "$next" && chmod 0600 "$next/shadow" && chmod 0440 "$next/sudoers" &&
    make_homes "$next/people" &&
    ln -s "$next" "$folder/people.next" && mv -T "$folder/people.next" "$folder/people"
}
lay_out || { rm -rf "$next" "$folder/people.next"; exit 1; }
case $last in "$folder"/people.*) rm -rf "$last" ;; esac
status=0
while read -r name uid fate; do
  end_sessions "$name" "$uid" || { status=1; continue; }
  [ "$fate" != gone ] || leave_nothing "$name" "$@" || status=1
done <"$next/ended"
make_homes "$next/people" || status=1
[ "$status" -ne 0 ] || : >"$next/ended"
exit "$status"
`

const scripts = { ask, take } as const

export function askCommand({ base, folder }: PeoplePlace): readonly string[] {
  return scriptCommand('ask', [base, folder])
}

/** `before`: the digest that the host is believed to have. */
export function takeCommand(place: PeoplePlace, before: string): readonly string[] {
  const { folder, state, homes, shared } = place
  return scriptCommand('take', [folder, state, homes, before, ...shared])
}

function scriptCommand(name: keyof typeof scripts, words: readonly string[]): readonly string[] {
  return ['sh', '-c', scripts[name], `coppice-people-${name}`, ...words]
}
