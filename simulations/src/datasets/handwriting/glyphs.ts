/** How people draw the ten digits: for each, the ways to write it, as pen strokes. */

/** x right and y down in a box about 0.7 wide and 1 tall. */
export type StrokePoint = {
  readonly x: number
  readonly y: number
  /** The curve stops here and another starts. */
  readonly corner: boolean
}
export type Stroke = readonly StrokePoint[]
export type Glyph = {
  readonly name: string
  /** How common the form is among writers, relative to the digit's others. */
  readonly weight: number
  readonly strokes: readonly Stroke[]
}

/**
 * One form: each stroke lists its points as `x y` in hundredths of the digit's height, in the order of the pen;
 * `/` in place of a comma makes the point before it a corner.
 */
const form = (name: string, weight: number, ...strokes: string[]): Glyph => ({
  name,
  weight,
  strokes: strokes.map((stroke) =>
    stroke.split(' / ').flatMap((curve, part, curves) =>
      curve.split(', ').map((point, i, points) => {
        const [x = Number.NaN, y = Number.NaN] = point.split(' ').map(Number)
        return { x: x / 100, y: y / 100, corner: i === points.length - 1 && part < curves.length - 1 }
      }),
    ),
  ),
})

/** `GLYPHS[digit]` lists the forms of that digit. */
export const GLYPHS: readonly (readonly Glyph[])[] = [
  [
    form('closed', 5, '44 2, 16 14, 3 50, 18 90, 46 94, 65 55, 58 14, 36 1, 24 7'),
    form('open', 3, '34 5, 10 24, 5 60, 24 96, 52 86, 64 45, 44 0'),
    form('curled', 2, '26 10, 7 42, 16 88, 42 95, 64 56, 54 10, 34 2, 28 16, 46 22'),
    form('slashed', 0.4, '40 2, 12 18, 4 55, 20 92, 48 92, 65 50, 56 12, 36 2', '60 14, 12 86'),
  ],
  [
    form('bare', 7, '30 0, 30 50, 30 100'),
    form('flagged', 1.6, '16 20, 26 10, 34 0 / 33 50, 32 100'),
    form('with a foot', 0.6, '12 20, 23 11, 34 0 / 33 50, 32 100', '6 100, 32 99, 58 98'),
  ],
  [
    form('flat base', 4, '5 22, 20 4, 45 2, 58 20, 46 47, 24 74, 3 96 / 35 96, 68 94'),
    form('looped', 4, '5 22, 20 4, 44 2, 58 18, 50 45, 30 74, 12 95, 2 88, 11 77, 27 85, 46 97, 70 90'),
    form('swan', 2, '8 28, 16 7, 38 0, 56 15, 47 45, 26 73, 4 94 / 22 86, 44 96, 68 86'),
    form('angular', 1.2, '6 8, 30 5, 58 6 / 32 50, 3 95 / 34 95, 64 96'),
  ],
  [
    form('round', 5, '7 14, 28 1, 52 10, 50 32, 25 46 / 54 55, 60 80, 36 99, 4 88'),
    form('flat top', 2, '6 5, 30 4, 58 3 / 44 21, 28 40 / 54 49, 60 76, 38 98, 6 90'),
    form('looped waist', 3, '10 14, 30 1, 53 12, 45 35, 27 48, 20 43, 30 40, 52 54, 60 78, 36 99, 4 88'),
  ],
  [
    form('open', 5, '14 3, 9 30, 4 58 / 35 59, 72 56', '54 4, 51 50, 48 100'),
    form('closed', 3, '50 100, 51 50, 52 0 / 26 34, 2 65 / 35 65, 74 63'),
    form('cupped', 3, '12 4, 6 32, 15 50, 38 50, 56 40', '58 0, 54 50, 50 100'),
    form('crossed', 2, '40 0, 22 28, 3 57 / 35 59, 70 55', '54 28, 49 65, 44 100'),
  ],
  [
    form('hatted', 4, '17 5, 14 24, 10 44 / 30 38, 54 50, 57 78, 34 98, 3 90', '17 5, 42 5, 68 2'),
    form('one stroke', 4, '64 3, 42 4, 18 5 / 14 24, 10 44 / 32 38, 56 52, 56 80, 32 99, 2 90'),
    form('snake', 2, '62 6, 38 3, 15 18, 22 40, 48 55, 53 82, 28 99, 2 90'),
  ],
  [
    form('curved', 5, '50 2, 23 24, 5 60, 14 92, 38 98, 56 78, 44 56, 22 62, 9 82'),
    form('straight', 3, '42 0, 22 34, 6 70, 16 96, 42 96, 52 76, 36 62, 10 78'),
    form('hooked', 2, '58 14, 42 2, 18 16, 4 55, 12 90, 36 99, 58 82, 50 58, 26 56, 7 74'),
  ],
  [
    form('plain', 5, '3 7, 30 5, 62 4 / 44 42, 27 100'),
    form('barred', 2, '3 7, 30 5, 62 4 / 42 45, 26 100', '16 52, 36 50, 58 47'),
    form('serifed', 2, '4 22, 5 13, 7 4 / 35 5, 64 3 / 46 42, 32 100'),
    form('bent', 2, '2 10, 22 5, 46 3, 60 13, 48 45, 36 72, 32 100'),
  ],
  [
    form('cursive', 5, '54 12, 32 1, 11 16, 20 37, 44 56, 55 80, 33 98, 8 84, 17 60, 42 39, 55 18, 50 6'),
    form(
      'stacked',
      2,
      '34 0, 13 10, 13 34, 33 45, 53 34, 53 10, 31 0',
      '33 45, 7 57, 5 86, 32 100, 59 86, 57 57, 33 45',
    ),
    form('open top', 3, '64 3, 40 38, 12 68, 12 93, 36 98, 52 80, 38 54, 14 30, 16 8, 38 2, 54 12'),
  ],
  [
    form('straight', 5, '55 16, 37 1, 11 12, 6 36, 26 48, 47 34, 57 10 / 54 50, 50 100'),
    form('tailed', 3, '56 16, 37 1, 11 12, 6 38, 27 50, 50 36, 58 10 / 57 50, 44 87, 20 98, 5 90'),
    form('one sweep', 3, '50 10, 28 3, 7 24, 18 45, 42 33, 55 8, 46 50, 34 100'),
  ],
]
