// Door of the room: files of lines that are replaced at once or not at all, and of which every byte is checked.
export { type CheckedLines, readLines, saveLines, setAside } from './checked-lines.ts'
