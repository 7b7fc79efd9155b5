"""What mail taught, on both databases."""

from __future__ import annotations

from datetime import date, timedelta

from dlp_gateway.store import Lesson, Retention
from dlp_gateway.store.contacts import Remembered
from tests.support.store_values import NOON

TODAY = NOON.date()
KEY, ANN, BOB, THREAD = 7, -(2**63), 2**63 - 1, 5
KEEP = Retention(contacts=timedelta(days=400), threads=timedelta(days=90))


def lesson(*marks: int, day: date = TODAY, **more: object) -> Lesson:
    return Lesson(**({"day": day, "key": KEY, "marks": marks, "wrote_outside": bool(marks)} | more))  # type: ignore[arg-type]


async def learn(store, *lessons: Lesson) -> None:
    for one in lessons:
        store.contacts.learn(one)
    await store.flush()


async def remembered(store, *marks: int, thread: int | None = THREAD, key: int = KEY) -> Remembered:
    return await store.contacts.ask(lambda reader: reader.remembered(marks, thread, key))


async def counts(store) -> dict[int, int]:
    return dict((await remembered(store, ANN, BOB)).counts)


async def inside(store, thread: int = THREAD) -> bool | None:
    return (await remembered(store, thread=thread)).thread_inside


async def test_mails_are_counted_by_mark_within_a_batch_and_across_batches(store):
    await learn(store, lesson(ANN), lesson(ANN, BOB))
    await learn(store, lesson(ANN))
    assert await counts(store) == {ANN: 3, BOB: 1}
    assert await store.contacts.ask(lambda reader: reader.counts([ANN, 99])) == {ANN: 3}


async def test_nothing_is_known_before_anything_was_learned(store):
    found = await remembered(store, ANN)
    assert (dict(found.counts), found.thread_inside, found.since) == ({}, None, None)


async def test_history_begins_with_the_first_mail_outside_under_this_key(store):
    await learn(store, lesson(wrote_outside=False, thread=THREAD, thread_begins=True))
    assert (await remembered(store)).since is None
    await learn(store, lesson(ANN, day=TODAY), lesson(ANN, day=TODAY + timedelta(days=1)))
    assert (await remembered(store)).since == TODAY
    assert (await remembered(store, key=KEY + 1)).since is None


async def test_who_shares_a_spelling_is_found_with_the_mails_that_went_there(store):
    await learn(store, lesson(ANN, spellings=((1, ANN), (2, ANN))), lesson(ANN, BOB, spellings=((2, BOB), (1, ANN))))
    assert sorted(await store.contacts.ask(lambda reader: reader.alike([1, 2, 3]))) == [
        (1, ANN, 2),
        (2, ANN, 2),
        (2, BOB, 1),
    ]


async def test_a_thread_that_begins_inside_is_so_until_somebody_outside_takes_part(store):
    await learn(store, lesson(thread=THREAD, thread_begins=True))
    assert await inside(store) is True
    await learn(store, lesson(thread=THREAD))
    assert await inside(store) is True
    await learn(store, lesson(ANN, thread=THREAD, thread_inside=False))
    assert await inside(store) is False
    await learn(store, lesson(thread=THREAD, thread_begins=True))
    assert await inside(store) is False


async def test_a_thread_that_begins_and_leaves_in_one_batch_is_outside(store):
    await learn(store, lesson(thread=THREAD, thread_begins=True), lesson(ANN, thread=THREAD, thread_inside=False))
    assert await inside(store) is False


async def test_a_thread_of_which_the_beginning_was_not_seen_stays_unknown(store):
    await learn(store, lesson(thread=THREAD), lesson(ANN, thread=THREAD + 1, thread_inside=False))
    assert await inside(store) is None
    assert await inside(store, THREAD + 1) is None


async def test_contacts_are_forgotten_when_nobody_wrote_to_them_for_the_time_of_retention(store):
    await learn(store, lesson(ANN, BOB, spellings=((1, ANN), (2, BOB))))
    await learn(store, lesson(BOB, day=TODAY + timedelta(days=1)))
    await store.cleanup(NOON + timedelta(days=400), KEEP)
    assert await counts(store) == {ANN: 1, BOB: 2}
    await store.cleanup(NOON + timedelta(days=401), KEEP)
    assert await counts(store) == {BOB: 2}
    assert await store.contacts.ask(lambda reader: reader.alike([1, 2])) == [(2, BOB, 2)]
    assert (await remembered(store)).since == TODAY + timedelta(days=1)
    await store.cleanup(NOON + timedelta(days=402), KEEP)
    so_far = await store.contacts.so_far(KEY)
    assert (so_far.since, so_far.mails, so_far.habits, so_far.spellings) == (None, 0, 0, 0)


async def test_quiet_threads_are_forgotten(store):
    await learn(store, *(lesson(thread=n, thread_begins=True) for n in range(1500)))
    await learn(store, lesson(thread=1, day=TODAY + timedelta(days=30)))
    await store.cleanup(NOON + timedelta(days=91), KEEP)
    assert (await store.contacts.so_far(KEY)).threads == 1
    assert await inside(store, 1) is True


async def test_what_gathered_is_written_when_the_store_closes(place):
    store = place.open()
    store.contacts.learn(lesson(ANN))
    store.close()
    assert await counts(place.open()) == {ANN: 1}


async def test_a_full_batch_does_not_wait(store):
    store.contacts.learn(lesson(*range(5000)))
    await store.database()  # any other work: nobody flushed
    assert store.contacts._batch.size == 0


async def test_a_thousand_recipients_are_one_question(store):
    await learn(store, lesson(*range(4000)))
    found = await remembered(store, *range(3000, 6000))
    assert len(found.counts) == 1000


async def test_two_gateways_count_together(place):
    one, other = place.open("gateway-1"), place.open("gateway-2")
    await learn(one, lesson(ANN, BOB))
    await learn(other, lesson(BOB, ANN))
    assert await counts(one) == {ANN: 2, BOB: 2}
