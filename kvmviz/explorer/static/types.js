/** Shapes of what Python sends, for readers and for `tsc --checkJs`; nothing here runs. */

/** @typedef {"a" | "b"} Side */

/**
 * One side of a view: its revision, for each row the elements that change (name, state, name, state, ...),
 * what stands for the row on the slider, and counts up to each step (number 0 is before the first).
 * @typedef {object} SideView
 * @property {string} revision
 * @property {number[][]} changes
 * @property {string[]} marks
 * @property {number[]} traces
 * @property {number[]} lines
 * @property {number[]} leaked
 * @property {number[]} [pinned] pairs of Dynamic PAMT's pages that stay for good, where the side has such pairs
 * @property {string[]} lost pages that leak for good, in the order of their allocation
 */

/**
 * A page, or what is drawn between pages, as Python sends it: its name, its kind, and the table, page or region that it is of.
 * @typedef {[string, string, string]} SentElement
 */
/** The same in a view; `first` is its state before the first step. @typedef {{name: string, kind: string, of: string, first: string}} ViewElement */
/** A state of a page: its word and sign, what it means, whose the page is, and who will free it. @typedef {{word: string, glyph: string, meaning: string, owner: string, who: string}} ShownState */
/** @typedef {{mark: string, because?: string, to?: number}} LogMark */
/** @typedef {{row: number, kind: string, head: string, detail: string, page?: string, chain?: string[], a?: LogMark, b?: LogMark}} LogEntry */
/** @typedef {{nodes: [number, number, number, number][], marks: [number, number, Side, string][]}} Episode */
/** @typedef {{functions: [string, string][], episodes: Episode[], rows: number[], at: Record<string, number[]>}} StackView */
/**
 * A function of both sides; `c` says of a side that ran C which file that is and where in it the function begins.
 * @typedef {{name: string, file: string, a: string[], b: string[], lines: [number | null, number | null, boolean][], c?: Partial<Record<Side, [string, number]>>}} CodePair
 */
/** @typedef {{pairs: CodePair[], shown: number[][], lit: Record<string, number[][]>}} CodeView */
/** @typedef {{why: string[], sides: Record<string, [string, string][]>, events: [string, string][], rests: string[], verdict: string}} Texts */
/** @typedef {{name: string, label: string, first: number, last: number}} Phase */
/** @typedef {{row: number, ask: string, options: string[], answer: number, truth: string}} Question */

/**
 * A scenario under one or two revisions; rows are lockstep steps, numbered from 0 here and from 1 for the reader.
 * @typedef {object} View
 * @property {string} scenario
 * @property {Record<string, string>} words
 * @property {string[]} fails
 * @property {string[]} revisions
 * @property {string} skeleton
 * @property {Record<string, string[]>} choices
 * @property {[number, number, number][]} rows
 * @property {number[]} about
 * @property {Phase[]} phases
 * @property {string[]} kinds
 * @property {number[]} pages
 * @property {number[]} pairs of Dynamic PAMT's pages, of which the ledger tells, too
 * @property {Record<string, string>} [allbut] of a large tree: by page, what `fail` says if all fail but this one
 * @property {Record<string, number>} [times] of a large tree: how many pages stand behind a name, where that is more than one
 * @property {Record<string, string>} faults by page, how a scenario names one whose reclaim may fail
 * @property {ViewElement[]} elements
 * @property {string[]} states
 * @property {Record<string, ShownState>} table
 * @property {Texts} texts
 * @property {LogEntry[]} log
 * @property {StackView} stack
 * @property {CodeView} code
 * @property {Question[]} questions
 * @property {CauseTable} causes
 * @property {[string, string, string[]][]} cases
 * @property {SideView} a
 * @property {SideView} [b]
 */

/**
 * The picture of a tree before any event, and what does not change while it is shown.
 * @typedef {object} Skeleton
 * @property {string} key
 * @property {string} defs
 * @property {string} svg
 * @property {Record<string, string>} shelves
 * @property {Record<string, string[]>} members
 * @property {Record<string, string[]>} whole
 * @property {SentElement[]} pages
 * @property {Record<string, string>} faults
 * @property {string[]} starts
 * @property {Record<string, number>} [times]
 * @property {Record<string, string>} [allbut]
 */

/** Of the causes of a kept HKID the one that `hkid=assigned` stands for, and those that need a vCPU. @typedef {{assigned: string, needing: string[]}} CauseTable */

/** A function: its source's name, the name under which it is paired, its own, its file, its lines; of C its file and first line. @typedef {[string, string, string, string, string[], [string, number]?]} SourceFunction */

/**
 * What is the same in every view.
 * @typedef {object} Common
 * @property {string} key
 * @property {SourceFunction[]} functions
 * @property {Record<string, [number, number, number][]>} lines
 * @property {Record<string, string>} labels
 * @property {[string, string, string[]][]} cases
 * @property {CauseTable} causes
 * @property {Record<string, ShownState>} table
 * @property {Record<string, string>} phrases
 * @property {Record<string, string>} firsts state of each kind of element before the first step
 */

/**
 * Runs, taken apart.
 * @typedef {object} Carried
 * @property {string[]} revisions
 * @property {[string, Record<string, string>, string[], string][]} single
 * @property {number[]} at
 * @property {number[][]} behaviours
 * @property {number[][]} runs
 * @property {number[][]} outcomes
 * @property {Record<string, number[][]>} aligned
 * @property {string[]} alignments
 * @property {number[][]} segments
 * @property {number[][]} chunks
 * @property {any[][]} atoms
 * @property {string[]} strings
 * @property {SentElement[]} elements
 * @property {string[]} states
 * @property {[string, string, number, number][]} places
 * @property {number[][]} chains
 * @property {Record<string, Record<string, string>>} absent
 * @property {Record<string, string[]>} choices
 */

/**
 * What a widget gets: one scenario, and which question that answers.
 * @typedef {Carried & {scenario: string, rows: number, skeleton: string, common: string, answer: string, problem: string}} Answer
 */

/**
 * What a page carries.
 * @typedef {Carried & {first: string, trees: Record<string, string[]>, dimensions: Record<string, string[]>, family: Record<string, string[]>, layouts: Record<string, Skeleton>, sayable: Record<string, string>, common: Common}} PageData
 */

/**
 * What the explorer asks of the page it lives in: a kernel behind a widget, or views stored in a file.
 * @typedef {object} Host
 * @property {() => View} view
 * @property {() => Skeleton} skeleton
 * @property {() => number} step
 * @property {(step: number) => void} setStep the reader rests at a step
 * @property {(step: number) => void} stand the same, which need not be told further until the reader rests again
 * @property {(wanted: {scenario: string, revisions: string[]}) => Promise<string>} want another view; when it is shown the answer is empty, else a sentence says why it is not
 * @property {(playing: boolean) => void} setPlaying
 * @property {(score: {asked: number, right: number}) => void} setScore
 * @property {(what: "view" | "step" | "playing" | "kernel", call: () => void) => void} on
 * @property {() => boolean} playing
 * @property {() => "" | "gone" | "silent"} kernel what is wrong with what answers, if anything
 * @property {(root: HTMLElement) => void} limit disable in the controls, just filled, what cannot be had here
 */

export {};
