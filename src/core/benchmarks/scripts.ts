// Why this file exists: what a machine of a run does for us is written here as a few small scripts for any POSIX shell, our
// images' busybox too. They never change: whatever differs from run to run reaches them as words or on standard input.
import { shellWord } from '#host'
import { nodeQuestion, programQuestions } from '#hpl'

/** Where a run lies on its machines. Below root's own home nobody can put something in its way. */
export interface RemotePlace {
  /** Of ours alone; a folder in it for each run. */
  readonly folder: string
  readonly authorizedKeys: string
}

export const remotePlace: RemotePlace = {
  folder: '/root/.coppice-hpl',
  authorizedKeys: '/root/.ssh/authorized_keys',
}

/** Ranks are found by the folder that they run in, so that what is not ours is never ended, whatever its name. */
const endBelow = String.raw`
below() {
  ls -ld /proc/[0-9]*/cwd 2>/dev/null |
    sed -n -e "s|.* /proc/\([0-9]*\)/cwd -> $1\$|\1|p" -e "s|.* /proc/\([0-9]*\)/cwd -> $1[/ ].*|\1|p"
}
end_by() {
  pids=$(below "$2")
  [ -n "$pids" ] || return 0
  kill -"$1" $pids 2>/dev/null
  for second in 1 2 3 4 5 6 7 8; do
    [ -n "$(below "$2")" ] || return 0
    sleep 1
  done
  return 1
}
end_below() { end_by TERM "$1" || end_by KILL "$1"; }
lock() { [ ! -e "$1" ] || sed -i -e '/ coppice-mpi$/d' "$1"; }
`

/** The marks between the answers of a survey. */
export const surveyMarks = { digest: '== digest', blas: '== blas', facts: '== facts' } as const

function telling(mark: string, question: readonly string[]): string {
  return `echo ${shellWord(mark)}\n${question.map(shellWord).join(' ')}`
}

/** FOLDER WORKDIR KEYS: ends what earlier runs left, makes room for this one, and tells what the machine is. */
const survey = `${endBelow}
end_below "$1" && rm -rf "$1" && lock "$3" && umask 077 && mkdir -p "$2" || exit 1
${telling(surveyMarks.digest, programQuestions.digest)}
${telling(surveyMarks.blas, programQuestions.blas)}
${telling(surveyMarks.facts, nodeQuestion)}
`

/** KEYS, and on standard input the line of a key that may come in. */
const unlock = `cat >>"$1"`

/** WORKDIR COMMAND…, and on standard input a tar with the run's files. Returns at once; the command goes on without us. */
const start = `
umask 077
cd "$1" && tar -x -f - && shift || exit 1
(
  "$@" >log 2>&1 </dev/null &
  echo $! >pid
  wait $!
  echo $? >status.next
  mv status.next status
) >/dev/null 2>&1 </dev/null &
for second in 1 2 3 4 5 6 7 8 9 10; do
  [ ! -s pid ] || exit 0
  sleep 1
done
exit 1
`

export const outputMark = '== output'

/**
 * WORKDIR OUTPUT_BYTES LOG_BYTES: tells each part as it begins, then how it ended, then the output. May be asked again.
 * From HPL's own part on it only sleeps: a look at the file would cost the figure something.
 */
const follow = String.raw`
cd "$1" || exit 1
part=
round=0
while [ ! -e status ]; do
  read -r pid <pid
  if [ ! -e "/proc/$pid/cwd/hpccinf.txt" ]; then
    sleep 2
    [ -e status ] || { echo gone; break; }
    continue
  fi
  case $part in
  *' HPL '*) ;;
  *)
    now=$(grep -a '^Begin of' hpccoutf.txt 2>/dev/null | tail -n 1)
    [ "$now" = "$part" ] || echo "part $now"
    part=$now
    ;;
  esac
  round=$((round + 1))
  if [ "$round" -lt 10 ]; then sleep 1; else sleep 5; fi
done
[ ! -e status ] || echo "ended $(cat status)"
echo '${outputMark}'
head -c "$2" hpccoutf.txt 2>/dev/null
head -c "$3" log
`

/** WORKDIR KEYS: ends the run on this machine, and leaves nothing of it. */
const clean = `${endBelow}
end_below "$1" && rm -rf "$1" && lock "$2"
`

export const scripts = { survey, unlock, start, follow, clean } as const

/** A command whose words the script finds as $1, $2 and so on. */
export function scriptCommand(
  name: keyof typeof scripts,
  ...words: readonly string[]
): readonly string[] {
  return ['sh', '-c', scripts[name], `coppice-${name}`, ...words]
}
