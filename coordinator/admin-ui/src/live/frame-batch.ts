type Needs<Item> = {
  /** Runs what it is given once, before the next frame is drawn. */
  nextFrame: (run: () => void) => void
  take: (items: readonly Item[]) => void
}

/** Hands on in one piece all that came since the last frame: however many events come, the page is drawn once. */
export const createFrameBatch = <Item>({
  nextFrame,
  take,
}: Needs<Item>): { add(item: Item): void; drop(): void } => {
  let waiting: Item[] = []
  let asked = false
  const flush = () => {
    asked = false
    const items = waiting
    waiting = []
    if (items.length > 0) take(items)
  }
  return {
    add(item) {
      waiting.push(item)
      if (asked) return
      asked = true
      nextFrame(flush)
    },
    drop() {
      waiting = []
    },
  }
}
