/** A file of a named set: its content is pinned. */
export interface NamedFile {
  /** The name of the file, uncompressed. */
  readonly name: string
  /** The length of the content. */
  readonly bytes: number
  /** The sha256 of the content, in hexadecimal digits. */
  readonly sha256: string
}

/** A published multi-label set with its standard split. */
export interface NamedSet {
  /** The folder it lies in, here and at the source. */
  readonly folder: string
  /** The ARFF file of the training examples. */
  readonly train: NamedFile
  /** The ARFF file of the test examples. */
  readonly test: NamedFile
  /** The Mulan XML file of the labels. */
  readonly labels: NamedFile
}

/** The names of the sets in {@link namedSets}. */
export type NamedSetName = 'bibtex' | 'delicious' | 'yeast' | 'scene' | 'emotions'

/** Where the named sets come from: the repository of Mulan, at one commit. */
export const namedSetsSource: string =
  'https://raw.githubusercontent.com/tsoumakas/mulan/43f6389095ad71984264db4387a8074b22bc7d4a/data/multi-label'

/** The named sets. A further Mulan set is one more entry. */
export const namedSets: Readonly<Record<NamedSetName, NamedSet>> = {
  /** 7395 bookmarks: words, 159 tags. Katakis, Tsoumakas, Vlahavas, ECML/PKDD Discovery Challenge 2008. */
  bibtex: {
    folder: 'bibtex',
    train: {
      name: 'bibtex-train.arff',
      bytes: 2292961,
      sha256: '8dcc9de6e0b2cebaec8c1f4fac78431adeeb73cfd3ab879b530a66d366e59174',
    },
    test: {
      name: 'bibtex-test.arff',
      bytes: 1215637,
      sha256: '9b03329cde64d3f994bdf7fbbac3f3b10fe185c311cb9ae725475f59c7f3f922',
    },
    labels: {
      name: 'bibtex.xml',
      bytes: 5880,
      sha256: '08fe20013c1e75dcf1888c185f5187c95e76495b8518ce289b4d3afce38d1232',
    },
  },
  /** 16105 web pages: words, 983 tags. Tsoumakas, Katakis, Vlahavas, MMD 2008. */
  delicious: {
    folder: 'delicious',
    train: {
      name: 'delicious-train.arff',
      bytes: 3056590,
      sha256: '030186cdb542ebdd32052fcdbb1ebe30115b3a22518c1b4b198c45eb827aebe1',
    },
    test: {
      name: 'delicious-test.arff',
      bytes: 757565,
      sha256: '2dfb01723a819914b0ca83361177ed413ce3f2169851d9f228d4692915d63944',
    },
    labels: {
      name: 'delicious.xml',
      bytes: 34303,
      sha256: '4e0c0f93c7d86a39b9fca4aaefaa00e9428f2c80277732dfbf03ca48e2c14da2',
    },
  },
  /** 2417 genes, 14 functional classes. Elisseeff, Weston, NIPS 2001. */
  yeast: {
    folder: 'yeast',
    train: {
      name: 'yeast-train.arff',
      bytes: 1501117,
      sha256: 'e759dc991ff54694a4ff9c4314f3be0d6fd2b1994a4b563f57e416394c6aebbd',
    },
    test: {
      name: 'yeast-test.arff',
      bytes: 918515,
      sha256: '4aaac102bff9669a765bf0b378602e5cc8c3b181048282e2f003117b496d552a',
    },
    labels: {
      name: 'yeast.xml',
      bytes: 526,
      sha256: 'c3056cc26444b5158b1588d1b73bec9c45429e10f0957ad085903423cb81f247',
    },
  },
  /** 2407 images, 6 scenes. Boutell, Luo, Shen, Brown, Pattern Recognition 37(9), 2004. */
  scene: {
    folder: 'scene',
    train: {
      name: 'scene-train.arff',
      bytes: 3127968,
      sha256: 'b53ba93bdf412de922e3960389bcee24744fa3e872ce610511fc1d750888b64d',
    },
    test: {
      name: 'scene-test.arff',
      bytes: 3090742,
      sha256: 'ea38d20296b3ff7e220f477a3b802a9bcb2d768881fe6ee163efbc97ea527a42',
    },
    labels: {
      name: 'scene.xml',
      bytes: 285,
      sha256: '55d8b247b949ad5c52e5a73d8c6775ec6e5469ce9682465b45b333b68ee4bcc5',
    },
  },
  /** 593 songs, 6 emotions. Trohidis, Tsoumakas, Kalliris, Vlahavas, ISMIR 2008. */
  emotions: {
    folder: 'emotions',
    train: {
      name: 'emotions-train.arff',
      bytes: 252080,
      sha256: 'bbe704106c79bb8fb99c1d1d2e9bde081d6a2daeb01f100862f11fd91a3c1f98',
    },
    test: {
      name: 'emotions-test.arff',
      bytes: 132007,
      sha256: 'f13d4b746b7b5c8eb484bd751d6ac463d4560dff998a93516a5c1fe35daf6c8f',
    },
    labels: {
      name: 'emotions.xml',
      bytes: 323,
      sha256: 'dbce8e6ccbbb2fcbfd9e9edbb230d7ed12692c6e13f59fdbc0161fa9b6cf2dc0',
    },
  },
}
