import { decodeText } from '../bytes.ts'
import { type ConllOptions, parseConll } from '../tagging/conll.ts'
import { type ConlluOptions, parseConllu } from '../tagging/conllu.ts'
import type { TaggedSentence } from '../tagging/tagged-sentence.ts'
import { readText } from './files.ts'
import { type LoadNamedOptions, namedFile } from './named-file.ts'
import type { NamedFile } from './named-sets.ts'

/** How {@link loadTagged} reads. */
export interface LoadTaggedOptions extends Omit<ConllOptions, 'file'>, Omit<ConlluOptions, 'file'> {
  /** The format; default by the ending: `.conllu` is CoNLL-U, everything else columns. */
  readonly format?: 'conll' | 'conllu'
}

/** A tagged set with its published split. */
export interface TaggedSplit {
  /** Sentences to train on. */
  readonly train: readonly TaggedSentence[]
  /** Sentences to choose settings on. */
  readonly dev: readonly TaggedSentence[]
  /** Sentences to test on. */
  readonly test: readonly TaggedSentence[]
}

/**
 * Loads tagged sentences from a file in columns or in CoNLL-U, gzip-compressed or not.
 *
 * @throws `DataError` with file and line
 */
export async function loadTagged(
  file: string,
  options: LoadTaggedOptions = {},
): Promise<readonly TaggedSentence[]> {
  const { format = /\.conllu(\.gz)?$/i.test(file) ? 'conllu' : 'conll', ...rest } = options
  const text = await readText(file)
  return format === 'conllu'
    ? parseConllu(text, { ...rest, file })
    : parseConll(text, { ...rest, file })
}

const twitter = {
  train: {
    name: 'oct27.train',
    bytes: 110737,
    sha256: 'e55a63da62838a28b308bd1be0b5c903ac242ef208dc59838f4b39aa33b11948',
  },
  dev: {
    name: 'oct27.dev',
    bytes: 36996,
    sha256: '046e9c57ed2549b4dec08a9a7bccf8ec7f742faaa7b55d840408f2dfd1356851',
  },
  test: {
    name: 'oct27.test',
    bytes: 53792,
    sha256: '77f868fcd300d0acdd7bb8db28c961fcbe50d9cd0d48046e8fbec4b9f86bf814',
  },
  daily: {
    name: 'daily547.conll',
    bytes: 57192,
    sha256: '581862c4a7a05b62cb5c4d44119f11fc1fe55489862c9470120628cca8e4b080',
  },
} as const satisfies Record<string, NamedFile>

/**
 * Tweets with 25 coarse parts of speech (Gimpel et al., ACL 2011; release 0.3 of Owoputi et al., NAACL 2013): 1000 tweets to train on, 327
 * to choose on, 500 to test on, all of one day, and `daily` with 547 more, one of each day after it. They are looked for in the data folder and
 * the cache folder, as `twitter_pos/oct27.train`, `oct27.dev`, `oct27.test` and `daily547.conll`; they are not downloaded.
 *
 * @throws `DataError` when a file is missing or has another content
 */
export async function loadTwitterPos(
  options: LoadNamedOptions = {},
): Promise<TaggedSplit & { readonly daily: readonly TaggedSentence[] }> {
  const read = async (file: NamedFile): Promise<readonly TaggedSentence[]> => {
    const { content, path } = await namedFile('twitter_pos', file, options, undefined)
    return parseConll(await decodeText(content, { file: path }), { file: path })
  }
  return {
    train: await read(twitter.train),
    dev: await read(twitter.dev),
    test: await read(twitter.test),
    daily: await read(twitter.daily),
  }
}

const ewt = {
  train: {
    name: 'en_ewt-ud-train.conllu',
    bytes: 14203025,
    sha256: '3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b',
  },
  dev: {
    name: 'en_ewt-ud-dev.conllu',
    bytes: 1805545,
    sha256: '531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6',
  },
  test: {
    name: 'en_ewt-ud-test.conllu',
    bytes: 1804515,
    sha256: 'e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd',
  },
} as const satisfies Record<string, NamedFile>

/**
 * The English Web Treebank of Universal Dependencies (Silveira et al., LREC 2014) with its universal parts of speech and its published split.
 * The files are looked for in the data folder and the cache folder, as `ud_english_ewt/en_ewt-ud-*.conllu` or `*.conllu.gz`; they are not
 * downloaded.
 *
 * @throws `DataError` when a file is missing or has another content
 */
export async function loadEnglishWebTreebank(options: LoadNamedOptions = {}): Promise<TaggedSplit> {
  const read = async (file: NamedFile): Promise<readonly TaggedSentence[]> => {
    const { content, path } = await namedFile('ud_english_ewt', file, options, undefined)
    return parseConllu(await decodeText(content, { file: path }), { file: path })
  }
  return { train: await read(ewt.train), dev: await read(ewt.dev), test: await read(ewt.test) }
}
