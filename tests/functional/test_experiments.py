"""Nobody sees two variants: on a page, in a letter, in a later build, after whatever broke off."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from passalong.commands.links import links
from passalong.drafting import letter_to, passed_on
from passalong.errors import ContentRefused
from passalong.events import ASSIGNED, BOOKED, INTRODUCED, REVOKED, SHARED, VISITED, Event
from passalong.figures.rows import BY_DAY, table
from passalong.ledger import open_ledger
from passalong.ledger.port import Standing
from passalong.ledger.tallies import Cell, Tally
from passalong.merging import decided
from passalong.pages import compiler, state
from passalong.pages.build import build
from passalong.pages.reading import read
from passalong.plan import Planner
from tests.programs import Made, path_of, tree, write
from tests.publishing import TO, Shop, shop
from tests.s3_stand_in import Asked, cloud
from tests.trials import NOON, THINGS, Field, Trial, content, field_in, marks
from tests.worlds import a_world, ask

EVENLY = (1, 1)
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def of(seen: set[tuple[str, str]]) -> dict[str, str]:
    """The variant of each thing; that there is but one is what all of this is about."""
    found = dict(seen)
    assert len(found) == len(seen), f"two variants of one thing: {sorted(seen)}"
    return found


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


def standings(field: Field) -> dict[str, Standing]:
    with closing(open_ledger(field.made.address, program="leeway")) as ledger:
        return dict(ledger.standings())


def letters(field: Field, count: int = 6) -> list[str]:
    """By advocate everything that functions and `links` would put into their hands."""
    found = read(field.order())
    rows = links(found.editorial, found.people, found.holders)
    asks = {row.id: f"{row.subject} {row.ask}" for row in rows}
    return [f"{drafted(field, f'a-{n}')}\n{asks.get(f'a-{n}', '')}" for n in range(count)]


def drafted(field: Field, who: str) -> str:
    """What functions would draft for an advocate."""
    known = field.known()
    person = known.advocate(who)
    assert person
    texts: list[str] = []
    for locale in known.program.locales:
        words = known.words_of(person, locale) | {"link": "https://x.example/"}
        drafts = known.drafts_of(person)
        for medium in known.program.media:
            texts += passed_on(drafts, medium, locale, words)
        named = {"referee_first": "Ida", "referee_company": "Lund"}
        texts += letter_to(drafts, locale, words | named)
    return "\n".join(texts)


def seen_by_all(field: Field) -> list[dict[str, str]]:
    """By advocate the variant of each thing, on pages and in letters."""
    return [of(field.seen_by(n) | marks(text)) for n, text in enumerate(letters(field))]


def on_demand(field: Field, number: int) -> bytes:
    """The page that a function would make for the advocate's referee."""
    known = field.known()
    person, guest = known.advocate(f"a-{number}"), known.referee(f"r-{number}")
    assert person
    assert guest
    return known.page_of(guest, person).data


# --- Nobody sees two --------------------------------------------------------------------------

TRIALS = st.lists(st.sampled_from(THINGS), min_size=1, max_size=4, unique=True).flatmap(
    lambda things: st.tuples(
        *(
            st.tuples(st.just(thing), st.lists(st.integers(0, 9), min_size=2, max_size=3))
            .filter(lambda one: any(one[1]))
            .map(lambda one: Trial(one[0], tuple(one[1])))
            for thing in things
        )
    )
)


@settings(
    max_examples=6, deadline=None, phases=NO_SHRINKING, suppress_health_check=list(HealthCheck)
)
@given(trials=TRIALS, other=st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any))
def test_nobody_sees_two_variants_whatever_the_program_tries(
    tmp_path_factory: pytest.TempPathFactory,
    new_url: Callable[[], str],
    trials: tuple[Trial, ...],
    other: list[int],
) -> None:
    field = field_in(tmp_path_factory.mktemp("field"), ledger=new_url())
    field.write(trials)
    build(field.order())
    before = seen_by_all(field)
    for n in range(6):
        page = on_demand(field, n)
        assert page == (field.made.out / path_of("referee", f"r-{n}")).read_bytes()
        assert of(marks(page.decode())).items() <= before[n].items()
    for trial in trials:
        assert {seen[trial.name] for seen in before if trial.name in seen} <= set(trial.variants)
    otherwise = [
        replace(t, weights=tuple(other[: len(t.weights)])) if any(other[: len(t.weights)]) else t
        for t in trials
    ]
    field.write(otherwise, 9)
    build(field.order())
    assert seen_by_all(field) == before


ALL = tuple(Trial(thing, EVENLY) for thing in THINGS[:6])


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Field:
    """Six experiments at once, built; only to be read."""
    field = field_in(tmp_path_factory.mktemp("everything"))
    field.write(ALL, 12)
    build(field.order())
    return field


def test_every_variant_is_seen_by_somebody(everything: Field) -> None:
    seen = set().union(*(everything.seen_by(n) for n in range(12)))
    letter = set().union(*map(marks, letters(everything, 12)))
    assert seen | letter >= {(trial.name, variant) for trial in ALL for variant in "ab"}


def test_the_pages_of_one_advocate_say_one_thing_of_the_reward(everything: Field) -> None:
    for n in range(12):
        said = {
            variant
            for kind, person in (("advocate", f"a-{n}"), ("share", f"a-{n}"), ("referee", f"r-{n}"))
            for thing, variant in marks(
                (everything.made.out / path_of(kind, person)).read_text("utf-8")
            )
            if thing == "reward"
        }
        assert len(said) == 1


def test_a_page_under_variants_is_the_bytes_that_templates_alone_make(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write(ALL)
    order = field.order()
    build(order)
    found = read(order)
    compiled = state.Compiled(b"", found.editorial)
    groups = Planner(found.editorial, found.people, found.holders).plan()
    samples = {shape: group.values[0] for shape, group in groups.items()}
    compiler.compile_site(compiled, samples, order.content, order.site, order.var / "images")
    site = compiler.site_of(compiled, order.content, order.site)
    assert any(shape.variants for shape in groups)
    for shape, group in groups.items():
        for path, values in zip(group.paths, group.values, strict=True):
            page = compiler.render(site, compiled.shapes[shape], shape, values)
            assert (field.made.out / path).read_bytes() == page.encode()


def test_the_same_content_and_ledger_are_the_same_bytes_anywhere(
    everything: Field, tmp_path: Path
) -> None:
    elsewhere = Made(everything.made.content, tmp_path / "out", tmp_path / "var")
    ledger = everything.made.order().decided
    elsewhere.build(decided=ledger)
    assert elsewhere.tree() == tree(everything.made.out)


def test_a_build_that_notes_nothing_shows_what_the_next_publish_notes(
    own_url: str, tmp_path: Path
) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write(ALL[:2])
    field.made.build(bundle=field.bundle)
    before = tree(field.made.out)
    assert standings(field) == {}
    assert build(field.order()).changed == ()
    assert tree(field.made.out) == before
    assert len(standings(field)) == 6


def test_without_an_experiment_nothing_is_noted_and_no_ledger_made(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([])
    build(field.order())
    assert not (tmp_path / "var" / "ledger.db").exists()


def test_what_has_ended_is_seen_by_all_and_said_of_nobody(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write(ALL[:1])
    build(field.order())
    assert {field.known().variants_of(a) for a in field.known().bundle.advocates} == {
        "overview=a",
        "overview=b",
    }
    field.write([replace(ALL[0], more={"ended": "b"})])
    build(field.order())
    assert {variant for n in range(6) for t, variant in field.seen_by(n) if t == "overview"} == {
        "b"
    }
    assert field.known().bundle.variants == {}
    assert "overview-variant-b" in (field.made.out / "index.html").read_text("utf-8")


def test_a_variant_that_is_taken_away_is_nobodys_and_whoever_had_it_draws_once_more(
    own_url: str, tmp_path: Path
) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write([Trial("overview", (0, 0, 1))])
    build(field.order())
    field.write([Trial("overview", (0, 1))])
    build(field.order())
    field.write([Trial("overview", (1, 0))])
    build(field.order())
    assert {of(field.seen_by(n))["overview"] for n in range(6)} == {"b"}


# --- What a build refuses ---------------------------------------------------------------------


def refused(field: Field, name: str, old: str, new: str) -> list[tuple[str, int, str]]:
    """What a build says once ``old`` reads ``new`` in a file."""
    file = field.made.content / name
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ContentRefused) as stopped:
        build(field.order())
    return [(one.file, one.line, one.message) for one in stopped.value.problems]


def test_a_message_of_a_variant_is_looked_at_like_any_other(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([Trial("messages/email", EVENLY)])
    found = refused(field, "messages/email.b.md", "{disclosure}", "{disclozure} {disclosure}")
    fault = "{disclozure} is not a word that messages know."
    assert ("messages/email.b.md", 11, fault) in found


def test_a_reward_under_one_variant_is_disclosed_in_every_message(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([Trial("reward", EVENLY)])
    for name in ("", ".de"):
        file = field.made.content / f"messages/email{name}.md"
        file.write_text(file.read_text("utf-8").replace("{disclosure}", ""), "utf-8")
    toml = field.made.content / "program.toml"
    whole = toml.read_text("utf-8")
    plain = '"advocate" = "a seat reward-variant-a"'
    assert plain in whole
    toml.write_text(whole.replace(plain, '"advocate" = ""'), "utf-8")
    advocates = field.made.content / "advocates.csv"
    advocates.write_text(advocates.read_text("utf-8").replace("a tree", ""), "utf-8")
    with pytest.raises(ContentRefused) as stopped:
        build(field.order())
    found = {(one.file, one.message) for one in stopped.value.problems}
    fault = "the advocate receives something, and the message does not say so."
    assert ("messages/email.md", fault) in found


# --- What broke off ---------------------------------------------------------------------------


class Broken(Exception):
    """The machine went down."""


def test_what_was_noted_when_it_broke_off_stays_whatever_weighs_now(
    own_url: str, tmp_path: Path
) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write([Trial("overview", (1, 0))], 60)

    def break_off(done: int, _all: int) -> None:
        if done == 20:
            raise Broken

    with pytest.raises(Broken):
        build(field.order(break_off))
    noted = {subject for subject in standings(field) if subject.startswith("advocate:")}
    field.write([Trial("overview", (0, 1))], 61)
    build(field.order())
    for n in range(61):
        expected = "a" if f"advocate:a-{n}" in noted else "b"
        assert of(field.seen_by(n))["overview"] == expected


@pytest.fixture(name="shop")
def a_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shop]:
    with cloud() as there:
        yield from shop(tmp_path, there, monkeypatch, capsys)


def noted_in(shop: Shop) -> dict[str, str]:
    """By the path of an advocate's page the variant that the ledger has."""
    file = shop.made.var / "ledger.db"
    if not file.exists():
        return {}
    with closing(sqlite3.connect(file, timeout=10)) as db:
        try:
            rows = db.execute("SELECT subject, preferences FROM standings").fetchall()
        except sqlite3.OperationalError:  # it is being made
            return {}
    return {
        path_of("advocate", subject.partition(":")[2]): json.loads(wishes)["variant_overview"][0]
        for subject, wishes in rows
        if "variant_overview" in wishes
    }


def test_no_page_goes_up_before_its_variant_is_noted_though_publishing_is_killed(
    shop: Shop,
) -> None:
    first: dict[str, str] = {}
    wrong = []
    watch = shop.cloud.watch

    def look(asked: Asked) -> None:
        watch(asked)
        if asked.bucket == "site" and asked.method == "PUT" and asked.key.startswith("a/"):
            page = shop.cloud.buckets["site"][asked.key].data.decode()
            seen = of(marks(page))["overview"]
            if noted_in(shop).get(asked.key) != seen or first.setdefault(asked.key, seen) != seen:
                wrong.append(asked.key)

    shop.cloud.watch = look
    for round_, weights in enumerate([(1, 0), (0, 1), (1, 0)]):
        write(shop.made.content, content([Trial("overview", weights)], 60 + 30 * round_))
        kill_while_noting(shop, len(noted_in(shop)) + 10)
    shop.publish()
    assert wrong == []
    assert shop.is_the_build()
    assert len(first) == 120
    assert set(noted_in(shop).values()) == {"a", "b"}


def kill_while_noting(shop: Shop, enough: int) -> None:
    """Kills a publishing as soon as so many variants are noted."""
    command = shop.made.command("publish", "--no-wait", "--to", TO)
    environ = shop.made.environment() | shop.cloud.environment()
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as child:
        while len(noted_in(shop)) < enough and child.poll() is None:
            pass
        child.send_signal(signal.SIGKILL)


def test_a_dry_run_notes_nothing(shop: Shop) -> None:
    write(shop.made.content, content(ALL[:1]))
    shop.publish("--dry-run")
    assert noted_in(shop) == {}


# --- Weights that follow the results ----------------------------------------------------------

LEARNING = Trial("overview", EVENLY, {"allocation": "automatic"})


def act(field: Field, who: str, day: str = "2026-11-24") -> None:
    """Lets the figures say that an advocate shared their link on a day."""
    with closing(open_ledger(field.made.address, program="leeway")) as ledger:
        cell = Cell(table(1, BY_DAY, "advocate"), day, who)
        ledger.tally([Tally(f"test:{who}", 1)], {cell: {"shared": 1_000_000}})


def split(field: Field, first: int, last: int) -> int:
    """How many of these advocates have the variant b."""
    return sum(of(field.seen_by(n))["overview"] == "b" for n in range(first, last))


def learned(field: Field) -> Standing:
    return standings(field)["experiment:overview"]


def test_automatic_weights_follow_the_results_and_move_nobody(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([LEARNING], 60)
    build(field.order())
    before = [of(field.seen_by(n)) for n in range(60)]
    assert 15 < split(field, 0, 60) < 45
    for n in range(60):
        if before[n]["overview"] == "b":
            act(field, f"a-{n}")
    field.write([LEARNING], 120)
    build(field.order(at=NOON + timedelta(days=20)))
    assert [of(field.seen_by(n)) for n in range(60)] == before
    assert split(field, 60, 120) > 50
    assert learned(field).preferences == {"weights": "a=5,b=95"}


def test_automatic_weights_are_noted_once_a_day_and_kept_by_whoever_builds(
    own_url: str, tmp_path: Path
) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write([LEARNING], 20)
    build(field.order())
    noted = learned(field)
    for n in range(20):
        if of(field.seen_by(n))["overview"] == "a":
            act(field, f"a-{n}", "2026-11-25")
    field.write([LEARNING], 40)
    build(field.order())
    assert learned(field) == noted
    before = tree(field.made.out)
    again = Made(field.made.content, tmp_path / "again", tmp_path / "again-var", own_url)
    again.build(decided=field.made.order().decided)
    assert again.tree() == before
    read(field.order(at=NOON + timedelta(days=20)))  # as publishing does, to begin with
    build(field.order(at=NOON + timedelta(days=20)))
    assert learned(field) != noted
    assert tree(field.made.out) == before


def test_fixed_weights_stay_what_they_are(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([Trial("overview", EVENLY)])
    build(field.order())
    assert "experiment:overview" not in standings(field)


# --- What came of it --------------------------------------------------------------------------


def said(field: Field, *options: str) -> str:
    """What the command says."""
    done = field.made.run("experiments", *options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_command_says_in_a_sentence_what_came_of_each(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([Trial("overview", EVENLY, {"minimum": 10}), Trial("ask", EVENLY)], 40)
    build(field.order(at=datetime(2026, 11, 1, 12, tzinfo=UTC)))
    codes = field.known().bundle.variants
    for who, code in codes.items():
        if "overview=b" in code:
            act(field, who, "2026-11-09")
    lines = said(field).splitlines()
    assert lines[0] == ("overview (overview, since 2026-11-01): b is better, with more than 99 %.")
    count = sum("overview=a" in code for code in codes.values())
    assert lines[1].startswith(f"  a: 0 of {count} acted, 0 % (with 95 % certainty 0 % to ")
    assert lines[1].endswith("; 50 % of new people")
    assert lines[3] == (
        "ask (ask, since 2026-11-01): no winner yet. "
        "The first look is when 50 people of each variant have had their 14 days."
    )
    (first, _) = json.loads(said(field, "--json"))["experiments"]
    assert (first["name"], first["code"], first["winner"]) == ("overview", "better", "b")
    worse, better = first["arms"]
    assert (worse["rate"], worse["low"], better["rate"]) == (0, 0, 1)
    assert worse["weight"] == better["weight"] == 0.5
    assert 0.99 < first["probability"] <= 1


def test_the_command_says_what_has_ended_and_that_there_is_none(tmp_path: Path) -> None:
    field = field_in(tmp_path)
    field.write([])
    assert said(field).startswith("There is no experiment")
    field.write([Trial("overview", EVENLY, {"ended": "b"})])
    assert said(field) == "overview (overview) has ended: everybody gets b.\n"


# --- Two at the same time ---------------------------------------------------------------------


def test_of_two_who_note_at_the_same_time_one_is_heard_by_both(
    own_url: str, tmp_path: Path
) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write([Trial("overview", (1, 0))])
    order = field.order()
    once = count()

    def meanwhile(program: str) -> Any:
        """Somebody else, with other weights, is quicker."""
        found = field.made.order().decided(program)
        if next(once) == 0:
            other = field_in(tmp_path / "other", field.made.var, own_url)
            other.write([Trial("overview", (0, 1))])
            build(other.order())
        return found

    build(replace(order, decided=meanwhile))
    assert {of(field.seen_by(n))["overview"] for n in range(6)} == {"b"}


def test_whose_addresses_are_replaced_meanwhile_is_noted_and_whoever_is_revoked_is_not(
    own_url: str, tmp_path: Path
) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write(ALL[:1])
    once = count()

    def meanwhile(program: str) -> Any:
        found = field.made.order().decided(program)
        if next(once) == 0:
            at = datetime(2026, 11, 24, tzinfo=UTC)
            with closing(open_ledger(own_url, program=program)) as ledger:
                ledger.renew(Event("1", program, REVOKED, at), "advocate:a-1")
                ledger.revoke(Event("2", program, REVOKED, at), "advocate:a-2")
        return found

    build(replace(field.order(), decided=meanwhile))
    now = standings(field)
    assert "variant_overview" in now["advocate:a-1"].preferences
    assert "variant_overview" not in now["advocate:a-2"].preferences
    assert not (field.made.out / path_of("advocate", "a-2")).exists()


# --- What events say --------------------------------------------------------------------------


def test_whatever_happens_says_under_which_variants(tmp_path: Path) -> None:
    trials = [Trial("overview", (0, 1)), Trial("messages/linkedin", EVENLY)]
    given_content = content(trials)
    world = a_world(tmp_path, more=given_content)
    with closing(world.ledger):
        known = world.known()
        person = known.advocate("a-0")
        assert person
        codes = known.variants_of(person)
        assert codes in ("overview=b,message-linkedin=a", "overview=b,message-linkedin=b")
        token = known.holders.advocate_token(person)
        ask(world, "share", token, medium="linkedin")
        said = ask(world, "introductions", token, name="Ida Lund", company="Fjord Foods")
        guest = marks(world.page(said.json["url"]).decode())
        ask(world, "visits", known.holders.share_token(person), visible=True)
        start = ask(world, "slots", known.holders.share_token(person)).json["slots"][0]["start"]
        whole = {"name": "Jo Ek", "email": "jo@fjord.example", "phone": "+49 40 1", "start": start}
        assert ask(world, "bookings", known.holders.share_token(person), **whole).status == 201
        found = {event.type: event.variant for event in world.events()}
    assert ("overview", "b") in guest
    assert found == dict.fromkeys((SHARED, INTRODUCED, VISITED, BOOKED), codes)


@pytest.mark.usefixtures("at_once")
def test_who_was_given_what_is_an_event_of_codes(own_url: str, tmp_path: Path) -> None:
    field = field_in(tmp_path, ledger=own_url)
    field.write([Trial("overview", EVENLY), Trial("reward", EVENLY)])
    build(field.order())
    with closing(open_ledger(own_url, program="leeway")) as ledger:
        events, _ = ledger.after("", 100)
        variants = field.known().bundle.variants
        known = decided(ledger).standings["advocate:a-3"].preferences
    assert {event.type for event in events} == {ASSIGNED}
    told: dict[str, set[str]] = {}
    for event in events:
        told.setdefault(event.advocate, set()).add(event.variant)
    assert {who: set(text.split(",")) for who, text in variants.items()} == told
    assert known["variant_overview"].endswith(" 2026-11-24")
