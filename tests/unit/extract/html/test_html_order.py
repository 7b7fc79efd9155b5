from __future__ import annotations

from dlp_gateway.extract.html.order import Orders, spans


class Drawing:
    """Pieces and orders, as a page makes them: `element` with what is in it."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.orders = Orders(self.pieces)
        self.depth = 0

    def element(self, *content, reverse: bool = False, floats: bool = False) -> None:
        if self.orders.open:
            self.orders.sibling(self.depth)
        if floats:
            self.orders.float_right(self.depth)
        self.depth += 1
        if reverse:
            self.orders.begin(self.depth, by_direction=False)
        for each in content:
            self.pieces.append(each) if isinstance(each, str) else each()
        self.orders.leave(self.depth)
        if reverse:
            self.orders.end()
        self.depth -= 1
        if self.orders.open:
            self.orders.sibling(self.depth)

    @property
    def found(self) -> list[str]:
        return ["".join("".join(self.pieces[a:b]) for a, b in spans(order)) for order, _ in self.orders.found]


def test_children_and_the_text_between_are_reversed() -> None:
    draw = Drawing()
    draw.element("a", lambda: draw.element("b"), "c", lambda: draw.element("d"), reverse=True)
    draw.element("e")
    assert draw.found == ["dcba"]


def test_an_order_within_an_order_keeps_its_own() -> None:
    draw = Drawing()
    inner = lambda: draw.element(lambda: draw.element("1"), lambda: draw.element("2"), reverse=True)  # noqa: E731
    draw.element(lambda: draw.element("a"), inner, lambda: draw.element("b"), reverse=True)
    assert draw.found == ["b21a"]


def test_one_child_has_no_order() -> None:
    draw = Drawing()
    draw.element(lambda: draw.element("a"), reverse=True)
    assert draw.found == []


def test_what_floats_to_the_right_stands_in_reverse_order() -> None:
    draw = Drawing()
    draw.element("x", lambda: draw.element("a", floats=True), lambda: draw.element("b", floats=True))
    draw.element("y")
    assert draw.found == ["ba"]


def test_one_floating_element_does_not() -> None:
    draw = Drawing()
    draw.element(lambda: draw.element("a", floats=True), lambda: draw.element("b"))
    assert draw.found == []


def test_orders_of_any_depth_are_followed() -> None:
    order: list = [(0, 1)]
    for _ in range(50_000):
        order = [order]
    assert list(spans(order)) == [(0, 1)]
