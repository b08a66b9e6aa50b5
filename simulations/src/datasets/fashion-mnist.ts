import type { KnownFile } from './checksums.ts'
import type { Dataset } from './dataset.ts'
import { type ImageFiles, loadImageSet } from './image-set.ts'

const HOME = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion'

const aFile = (name: string, bytes: number, sha256: string): KnownFile => ({
  path: `fashion-mnist/${name}`,
  bytes,
  sha256,
  home: `${HOME}/${name}`,
  instead: 'have it downloaded (`download: true`)',
})

/** These sums go with the md5 sums 8d4fb7e6…, 25c81989…, bef4ecab… and bb300cfd… that its authors publish. */
export const FASHION_MNIST_FILES = {
  trainImages: aFile(
    'train-images-idx3-ubyte.gz',
    26_421_880,
    '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84',
  ),
  trainLabels: aFile(
    'train-labels-idx1-ubyte.gz',
    29_515,
    'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845',
  ),
  testImages: aFile(
    't10k-images-idx3-ubyte.gz',
    4_422_102,
    '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073',
  ),
  testLabels: aFile(
    't10k-labels-idx1-ubyte.gz',
    5_148,
    '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5',
  ),
} as const satisfies ImageFiles

const CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const

/** Ten kinds of clothing (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747), 6,000 and 1,000 of each. */
export const loadFashionMnist = (folder: string): Promise<Dataset> =>
  loadImageSet(folder, FASHION_MNIST_FILES, {
    name: 'fashion-mnist',
    title: 'Fashion-MNIST',
    licence: 'MIT',
    classes: CLASSES,
  })
