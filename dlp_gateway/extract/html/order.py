"""The order in which pieces are seen, where it is not that in which they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

Order = list["tuple[int, int] | Order"]
"""Spans of pieces and orders within, in the order in which they are seen."""


class _Frame:
    """An open element whose items are seen in reverse order."""

    __slots__ = ("by_direction", "depth", "floating", "item", "items", "reverses", "since", "start")

    def __init__(self, depth: int, start: int, *, by_direction: bool) -> None:
        self.depth = depth
        self.start = self.since = start
        self.by_direction = by_direction
        self.floating = 0  # items that float to the right, in a frame that such items have made
        self.reverses = False  # something in it
        self.item: Order = []
        self.items: list[Order] = [self.item]

    def upto(self, end: int) -> None:
        if end > self.since:
            self.item.append((self.since, end))
        self.since = end


class Orders:
    """Follows the elements of a page that set their children in reverse order. Linear: spans, never text, are kept.

    `found` holds an order for each outermost such element, and whether it comes from the direction of writing.
    """

    def __init__(self, pieces: Sequence[str]) -> None:
        self.found: list[tuple[Order, bool]] = []
        self.open: list[_Frame] = []
        self._pieces = pieces

    def begin(self, depth: int, *, by_direction: bool) -> None:
        """An element whose children are at `depth` reverses them."""
        self.open.append(_Frame(depth, len(self._pieces), by_direction=by_direction))

    def float_right(self, depth: int) -> None:
        """An element at `depth` floats to the right: those of its siblings that do stand in reverse order."""
        if not (self.open and self.open[-1].floating and self.open[-1].depth == depth):
            self.begin(depth, by_direction=False)
        self.open[-1].floating += 1

    def sibling(self, depth: int) -> None:
        """An element begins or has ended among the children at `depth`."""
        frame = self.open[-1]
        if frame.depth == depth:
            frame.upto(len(self._pieces))
            if frame.item:
                frame.item = []
                frame.items.append(frame.item)

    def leave(self, depth: int) -> None:
        """The parent of the children at `depth` ends, and what its floating children have made."""
        while self.open and self.open[-1].floating and self.open[-1].depth >= depth:
            self.end()

    def end(self) -> None:
        """The innermost element that reverses ends."""
        frame = self.open.pop()
        end = len(self._pieces)
        frame.upto(end)
        order: Order = [item for item in frame.items if item]
        if frame.floating != 1 and len(order) > 1:
            order.reverse()
            frame.reverses = True
        if self.open:
            outer = self.open[-1]
            outer.upto(frame.start)
            outer.item.append(order)
            outer.since = end
            outer.reverses = outer.reverses or frame.reverses
        elif frame.reverses:
            self.found.append((order, frame.by_direction))


def spans(order: Order) -> Iterator[tuple[int, int]]:
    """The spans of an order, in order. Of any depth."""
    todo = [iter(order)]
    while todo:
        for item in todo[-1]:
            if isinstance(item, list):
                todo.append(iter(item))
                break
            yield item
        else:
            todo.pop()
