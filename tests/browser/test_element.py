"""The step as an element of any page: what it tells that page's form, and what it must not do to it."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from deliver_to_po.models import Delivery
from example_shop.models import Order
from tests.browser.axe import violations
from tests.browser.buying import BUYER, fill, fill_one_page, put_into_basket, search_in_place
from tests.browser.conftest import PHONE, WIDE, Unanswered, Visit, fits, picture
from tests.factories import make_pause

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = Path(__file__)
STATIC = HERE.parents[2] / "deliver_to_po" / "static" / "deliver_to_po"
TYPES = (STATIC / "step.d.ts").read_text(encoding="utf-8")
Open = Callable[[str], Page]
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:"
# A shop's own form, with fields that are called as some of the step's are.
WITHIN_A_FORM = """
<form id="shop" action="/shops-own/">
<input name="q" aria-label="Q" value="the shop's"><input name="email" aria-label="E-mail">
<d2po-step src="/post-office/" name="post_office" required><a href="/post-office/">Choose a post office</a></d2po-step>
<button id="buy">Buy</button></form>
"""
BESIDE_A_FORM = """
<form id="shop" action="/shops-own/"><button id="buy">Buy</button></form>
<d2po-step src="/post-office/" name="post_office" form="shop" required></d2po-step>
<d2po-step src="/post-office/" name="post_office"></d2po-step>
"""
ALONE = '<d2po-step src="/post-office/" name="post_office"></d2po-step>'
# Everything that the element says, and what the shop's form hears of it.
LISTEN = """
window.said = [];
for (const type of ["d2po-ready", "d2po-choose", "d2po-change", "d2po-problem", "change", "input", "submit"])
  document.addEventListener(type, ({ detail }) => said.push([type, detail]));
"""
LOOKS = "boxes => boxes.map(box => getComputedStyle(box).boxShadow)"


@pytest.fixture
def shops_page(page: Page, shop: str) -> Open:
    """Return what opens a page with a body, under a strict policy, for a buyer whose cart has goods."""

    def opened(body: str) -> Page:
        html = f"""<!doctype html><html lang="en"><title>Shop</title><main><h1>Shop</h1>{body}</main>
            <script src="/listen.js"></script>
            <script type="module" src="/static/deliver_to_po/step.js"></script></html>"""
        headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}
        page.route("**/any-page/", lambda route: route.fulfill(body=html, headers=headers))
        page.route("**/listen.js", lambda route: route.fulfill(body=LISTEN, content_type="text/javascript"))
        put_into_basket(page, shop)
        page.goto(f"{shop}/any-page/")
        return page

    return opened


def heard(page: Page, event: str) -> list[Any]:
    """Return the details of each event of one type that has reached the document."""
    said: list[list[Any]] = page.evaluate("said")
    return [detail for name, detail in said if name == event]


def look_near(page: Page, typed: str) -> None:
    """Search in the element that is the page's first."""
    field = page.locator("d2po-step").first.locator("[name=q]")
    field.fill(typed)
    field.press("Enter")


def pick(page: Page) -> None:
    """Choose the second office near Ottawa; the form then asks who picks up."""
    look_near(page, "K1A 0B1")
    page.locator("[name=office_id]").nth(1).check()
    page.locator("[data-office] button:visible").click()


def choose(page: Page) -> None:
    """Choose the second office near Ottawa, and say who picks up."""
    pick(page)
    say_who(page)


def say_who(page: Page) -> None:
    fill(page.locator(".d2po-form"), BUYER, "QC")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-choice]").first).to_be_visible()


def test_its_modules_stay_small() -> None:
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in ("step.js", "list.js")) <= 10_000


def test_the_steps_own_page_loads_the_list_alone(page: Page, step_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(f"{step_url}?q=K1A0B1")
    expect(page.locator("d2po-step[data-view=list]")).to_be_visible()
    assert ("list.js" in asked, "step.js" in asked) == (True, False)


def test_an_element_of_the_shops_beside_the_steps_own_page_is_complete_too(page: Page, step_url: str) -> None:
    shops = '<d2po-step id="shops" src="/post-office/"></d2po-step>'
    script = '<script type="module" src="/static/deliver_to_po/step.js"></script></body>'

    def with_the_shops(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</body>", shops + script))

    page.route("**/post-office/?q=K1A0B1", with_the_shops, times=1)
    page.goto(f"{step_url}?q=K1A0B1")
    page.evaluate("window.sameDocument = true")
    expect(page.locator("#shops .d2po-search")).to_be_visible()
    search_in_place(page, "H2X 1Y4")
    expect(page.locator("legend[data-heading]")).to_contain_text("near H2X")
    assert page.evaluate("window.sameDocument") is True


def test_within_a_form_it_is_one_more_field_of_it(shops_page: Open) -> None:
    page = shops_page(WITHIN_A_FORM)
    step = page.locator("d2po-step")
    expect(page.locator(".d2po-search")).to_be_visible()
    members = re.findall(r"^  (?:readonly )?(\w+)[:(]", TYPES.partition("export class Step")[2], re.MULTILINE)
    assert step.evaluate("(step, members) => members.filter((name) => !(name in step))", members) == []
    assert "refresh" in members
    # Nothing is chosen: the shop's form is not sent, and the browser says why.
    page.locator("#buy").click()
    assert page.evaluate("document.activeElement.closest('d2po-step') !== null")
    assert step.evaluate("step => [step.value, step.validity.valueMissing]") == ["", True]
    assert "Choose a post office" in step.evaluate("step => step.validationMessage")
    # Enter searches, and sends no form but the step's.
    choose(page)
    assert page.url.endswith("/any-page/")
    [changed] = heard(page, "d2po-change")
    assert heard(page, "d2po-ready") == [{"value": ""}]
    assert [office["office"]["name"] for office in heard(page, "d2po-choose")] == [changed["office"]["name"]]
    assert (changed["service"], re.fullmatch(r"\d+\.\d\d", changed["price"]) is not None) == ("DOM.EP", True)
    assert heard(page, "submit") == []
    assert heard(page, "change") == [None]
    sent = page.evaluate("[...new FormData(document.querySelector('#shop')).entries()]")
    assert sent == [
        ["q", "the shop's"],
        ["email", ""],
        ["post_office", changed["value"]],
        ["post_office_seen", changed["seen"]],
    ]
    assert violations(page) == []
    assert fits(page)
    # The choice goes with the session, and is sent no longer.
    page.context.clear_cookies()
    step.evaluate("step => step.refresh()")
    assert step.evaluate("step => [step.value, step.checkValidity()]") == ["", False]
    set_disabled = "(step, disabled) => { step.disabled = disabled; return step.inert; }"
    assert [step.evaluate(set_disabled, disabled) for disabled in (True, False)] == [True, False]


def test_beside_a_form_it_joins_it_and_several_on_a_page_are_one_choice(shops_page: Open) -> None:
    page = shops_page(BESIDE_A_FORM)
    first, second = (page.locator("d2po-step").nth(at) for at in (0, 1))
    look_near(page, "90210")
    expect(first.get_by_role("alert")).to_contain_text("cannot find this place")
    [problem] = heard(page, "d2po-problem")
    assert (problem["code"], problem["field"], problem["recoverable"]) == ("query_not_understood", "q", True)
    assert "cannot find this place" in problem["message"]
    choose(page)
    value = first.evaluate("step => step.value")
    assert first.evaluate("step => [step.form.id, step.checkValidity()]") == ["shop", True]
    assert second.evaluate("step => [step.form, step.value]") == [None, ""]
    # A choice made in one is found in the other.
    second.evaluate("step => step.refresh()")
    expect(second.locator("[data-choice]")).to_be_visible()
    second.get_by_role("link", name="Choose another post office").click()
    second.locator("button[data-view=map]").click()
    second.locator(".d2po-pin").first.press("Enter")
    second.locator("[data-card] [type=submit]").click()
    expect(second.locator("[data-choice]")).to_be_visible()
    offices = page.locator("[data-choice] > p > strong")
    expect(offices.first).to_have_text(str(offices.nth(1).text_content()))
    steps = page.evaluate("[...document.querySelectorAll('d2po-step')].map(({ value, seen }) => [value, seen])")
    assert steps[0] == steps[1]
    assert steps[0][0] == value
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(({ id }) => id)")
    assert len(ids) == len(set(ids))


def test_what_is_typed_in_the_recipients_form_outlives_a_refresh(shops_page: Open) -> None:
    page = shops_page(ALONE)
    pick(page)
    form = page.locator(".d2po-form")
    form.locator("[name=name]").fill("Marie Tremblay")
    form.locator("[name=province]").select_option("QC")
    form.locator("[name=city]").fill("Gatineau")
    page.evaluate("window.before = document.querySelector('.d2po-form')")
    page.locator("d2po-step").evaluate("step => step.refresh()")
    assert page.evaluate("before.isConnected") is False
    values = [form.locator(f"[name={name}]").input_value() for name in ("name", "province", "city")]
    assert values == ["Marie Tremblay", "QC", "Gatineau"]
    expect(form.locator("[name=city]")).to_be_focused()
    # After an error too.
    form.locator("[name=city]").press("Enter")
    expect(page.locator(".d2po-problem").first).to_be_focused()
    page.locator("d2po-step").evaluate("step => step.refresh()")
    expect(page.locator(".d2po-problem")).to_have_count(0)
    expect(form.locator("[name=name]")).to_have_value("Marie Tremblay")


def test_another_recipient_who_is_being_typed_outlives_a_refresh(shops_page: Open) -> None:
    page = shops_page(ALONE)
    choose(page)
    step = page.locator("d2po-step")
    chosen = step.evaluate("step => step.value")
    step.locator("a[href*='recipient']").first.click()
    name = page.locator(".d2po-form [name=name]")
    name.fill("Someone Else")
    step.evaluate("step => step.refresh()")
    expect(name).to_have_value("Someone Else")
    assert step.evaluate("step => step.value") == chosen


def test_what_one_buyer_types_is_never_put_into_the_form_of_another(shops_page: Open, shop: str) -> None:
    page = shops_page(ALONE)
    pick(page)
    name = page.locator(".d2po-form [name=name]")
    name.fill("Anne Tremblay")
    page.context.clear_cookies()
    second = page.context.new_page()
    put_into_basket(second, shop)
    second.goto(f"{shop}/post-office/")
    pick(second)
    page.locator("d2po-step").evaluate("step => step.refresh()")
    expect(name).to_have_value("")


def test_a_refresh_leaves_the_answer_to_what_was_pressed_before(shops_page: Open) -> None:
    page = shops_page(ALONE)
    look_near(page, "K1A 0B1")
    page.locator("[name=office_id]").nth(1).check()
    held: list[Route] = []
    page.route("**/post-office/", lambda route: held.insert(0, route))
    page.locator("[data-office] button:visible").click()
    expect(page.locator("d2po-step > .d2po")).to_have_attribute("aria-busy", "true")
    page.locator("d2po-step").evaluate("step => { step.refresh(); }")
    page.unroute("**/post-office/")
    for route in held:
        route.continue_()
    expect(page.locator(".d2po-form [name=name]")).to_be_visible()


def test_a_search_says_so_while_its_script_is_on_the_way(page: Page, shops_page: Open) -> None:
    with Unanswered(page, "**/search*.js*"):
        look_near(shops_page(ALONE), "K1A 0B1")
        expect(page.get_by_role("status")).to_have_text("Searching…")


def test_src_may_come_after_the_element_which_speaks_as_its_part_of_the_page(shops_page: Open) -> None:
    page = shops_page('<d2po-step lang="fr-CA" name="post_office"></d2po-step>')
    page.wait_for_function("Boolean(customElements.get('d2po-step'))")
    page.locator("d2po-step").evaluate("step => { step.src = '/post-office/' }")
    expect(page.locator(".d2po-search")).to_contain_text("Code postal")


def test_one_choice_is_enough_for_all_that_require_one(shops_page: Open) -> None:
    page = shops_page(ALONE.replace("name=", "required name=") * 2)
    choose(page)
    expect(page.locator("[data-choice]")).to_have_count(2)
    assert page.evaluate("[...document.querySelectorAll('d2po-step')].every((step) => step.checkValidity())")


def test_a_pause_takes_the_place_of_the_list_and_fails_at_nothing(shops_page: Open) -> None:
    page, failed = shops_page(ALONE), list[str]()
    page.on("pageerror", lambda error: failed.append(str(error)))
    look_near(page, "K1A 0B1")
    expect(page.locator("[data-office]").first).to_be_visible()
    make_pause(reason_en="A strike.")
    page.locator(".d2po-find").click()
    # A day and price that come meanwhile tell of the pause too, in their rows.
    expect(page.locator("[data-office]")).to_have_count(0)
    expect(page.get_by_text("A strike.")).to_be_visible()
    assert (page.evaluate("1"), failed) == (1, [])
    assert [(said["code"], said["recoverable"]) for said in heard(page, "d2po-problem")] == [("paused", False)]


def test_an_error_about_the_second_place_leads_to_its_field(shops_page: Open) -> None:
    page = shops_page(ALONE)
    look_near(page, "K1A 0B1")
    expect(page.locator("[data-office]").first).to_be_visible()
    page.locator("[data-filter] summary").click()
    page.locator("[name=via]").fill("90210")
    page.locator("[data-show]").click()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("[name=via]")).to_be_focused()


def test_a_button_that_takes_no_focus_leads_on_to_what_is_new(shops_page: Open) -> None:
    """In Safari the focus goes to what is around a pressed button: the element itself."""
    page = shops_page(ALONE)
    look_near(page, "K1A 0B1")
    page.locator("[name=office_id]").nth(1).check()
    page.evaluate("document.querySelector('d2po-step').focus()")
    page.evaluate("document.querySelector('[data-office]:has(:checked) button').click()")
    expect(page.get_by_role("heading", name="Who will pick it up?")).to_be_focused()


def test_no_request_waits_for_ever_not_even_that_for_another_token(shops_page: Open) -> None:
    page = shops_page(ALONE)
    look_near(page, "K1A 0B1")
    page.locator("[name=office_id]").nth(1).check()
    page.evaluate("""() => {
        const { fetch } = window;
        window.signals = [];
        window.fetch = (url, options) => (signals.push(Boolean(options?.signal)), fetch(url, options));
    }""")
    page.context.clear_cookies(name="csrftoken")
    page.locator("[data-office] button:visible").click()
    expect(page.locator(".d2po-form")).to_be_visible()
    assert page.evaluate("signals.length >= 3 && signals.every(Boolean)")


def test_what_fails_in_the_recipients_form_is_not_called_a_list(shops_page: Open) -> None:
    page = shops_page(ALONE)
    pick(page)
    fill(page.locator(".d2po-form"), BUYER, "QC")
    page.route("**/post-office/recipient/**", lambda route: route.abort())
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("[data-status]")).to_contain_text("Check your connection and try again")
    expect(page.locator("[data-status]")).not_to_contain_text("list")


# What frameworks do: htmx puts a new element before the old one and then removes that, React the other way round.
ANEW = {
    "htmx": "step.insertAdjacentHTML('beforebegin', html); step.remove()",
    "React": "const at = step.parentNode; step.remove(); at.insertAdjacentHTML('beforeend', html)",
    "moved": "document.querySelector('main').prepend(step)",
    "put away": "step.remove(); setTimeout(() => document.querySelector('main').append(step), 50)",
}


@pytest.mark.parametrize("way", ANEW)
def test_mounted_anew_it_loses_nothing(shops_page: Open, way: str) -> None:
    page = shops_page(BESIDE_A_FORM.replace('<d2po-step src="/post-office/" name="post_office"></d2po-step>', ""))
    again = f"(step) => {{ const html = step.cloneNode(false).outerHTML; {ANEW[way]} }}"
    step = page.locator("d2po-step")
    look_near(page, "K1A 0B1")
    page.locator("[name=office_id]").nth(2).check()
    step.evaluate(again)
    expect(page.locator("[name=office_id]").nth(2)).to_be_checked()
    # Its forms are still its own.
    assert page.locator("[name=office_id]").nth(2).evaluate("radio => radio.form.isConnected")
    page.locator("[data-office] button:visible").click()
    page.locator(".d2po-form [name=name]").fill("Zo")
    step.evaluate(again)
    expect(page.locator(".d2po-form [name=name]")).to_have_value("Zo")
    say_who(page)
    value = step.evaluate("step => step.value")
    step.evaluate(again)
    assert step.evaluate("step => step.checkValidity()") is True
    expect(page.locator("body > form")).to_have_count(0)
    page.reload()
    expect(step.locator("[data-choice]")).to_be_visible()
    assert step.evaluate("step => step.value") == value


def test_a_page_may_stop_a_choice_and_the_link_stays_where_the_server_does_not_answer(shops_page: Open) -> None:
    page = shops_page(WITHIN_A_FORM)
    look_near(page, "K1A 0B1")
    expect(page.locator("[data-office]").first).to_be_visible()
    page.evaluate("document.addEventListener('d2po-choose', (event) => event.preventDefault())")
    page.locator("[name=office_id]").nth(1).check()
    page.locator("[data-office] button:visible").click()
    assert len(heard(page, "d2po-choose")) == 1
    assert page.locator("d2po-step > [aria-busy]").count() == 0
    # Bare text of the page's own is no part of the step either.
    shops_page(WITHIN_A_FORM.replace("<a href", "Bare text <a href"))
    expect(page.locator(".d2po-search")).to_be_visible()
    expect(page.get_by_text("Bare text")).to_have_count(0)
    page.route("**/post-office/", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("link", name="Choose a post office")).to_be_visible()
    [problem] = heard(page, "d2po-problem")
    assert problem["code"] == "failed"
    expect(page.locator("d2po-step").get_by_role("alert")).to_have_text(problem["message"])
    assert problem["message"].startswith("We could not load")
    # It may come later.
    page.unroute("**/post-office/")
    page.locator("d2po-step").evaluate("step => step.refresh()")
    expect(page.locator(".d2po-search")).to_be_visible()
    expect(page.get_by_text("We could not load")).to_be_hidden()


@pytest.mark.parametrize(("language", "size"), [("fr-CA", PHONE), ("en-CA", WIDE)])
def test_the_example_shop_sells_on_one_page(visit: Visit, shop: str, language: str, size: ViewportSize) -> None:
    with visit(language, javascript=True, size=size) as page:
        fill_one_page(page, shop)
        page.locator("[value=home]").check()
        chosen, other = page.locator("[aria-labelledby=deliver-title] .choice").evaluate_all(LOOKS)
        # The service's radio within the step is checked, too.
        assert chosen != other
        page.locator("[value=post_office]").check()
        assert violations(page) == []
        picture(page, f"one-page-list-{language}-{size['width']}")
        page.locator("[data-office] button:visible").click()
        expect(page.locator("[data-choice]")).to_be_visible()
        expect(page.locator(".totals .total")).to_be_visible()
        assert page.locator("[data-choice]").get_attribute("data-price") is not None
        assert (violations(page), fits(page)) == ([], True)
        picture(page, f"one-page-chosen-{language}-{size['width']}")
        page.locator("[name=buy]").click()
        expect(page).to_have_url(f"{shop}/order/{Order.objects.get().token}/")
    delivery = Delivery.objects.get(current_order=Order.objects.get())
    assert (delivery.state, delivery.price) == ("released", Order.objects.get().shipping)


RECIPES = (HERE.parents[2] / "docs" / "how-to" / "any-page.md").read_text(encoding="utf-8")
MODULES = {
    "react": ("react", ("StrictMode", "createElement", "useState")),
    "react-dom": ("react-dom", ()),
    "react-dom/client": ("react-dom-client", ("createRoot",)),
    "scheduler": ("scheduler", ()),
}


def vendored(name: str) -> str:
    """Return a script as its makers published it."""
    return gzip.decompress(HERE.with_name("vendor").joinpath(f"{name}.js.gz").read_bytes()).decode()


def as_module(name: str) -> str:
    """Return one of React's scripts, which are in Node's format, as a module."""
    file, exported = MODULES[name]
    code = vendored(file)
    needed = {one: f"m{at}" for at, one in enumerate(dict.fromkeys(re.findall(r'require\("([^"]+)"\)', code)))}
    imports = "".join(f'import {alias} from "{one}";' for one, alias in needed.items())
    known = ",".join(f'"{one}": {alias}' for one, alias in needed.items())
    return (
        f"{imports} const require = (name) => ({{{known}}})[name];"
        "const module = { exports: {} }, exports = module.exports;"
        f"{code}\nexport default module.exports; export const {{ {', '.join(exported)} }} = module.exports;"
    )


def recipe(title: str) -> tuple[str, str]:
    """Return the HTML and the script of a part of the page."""
    part = RECIPES.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    html, script = (re.findall(f"```{kind}\n(.*?)```", part, re.DOTALL) for kind in ("html", "js"))
    return "".join(html), "".join(script)


@pytest.mark.slow
@pytest.mark.parametrize("title", ["A plain page", "HTMX", "React 19", "Vue 3"])
def test_each_recipe_shows_the_price_of_a_choice_under_a_strict_policy(page: Page, shop: str, title: str) -> None:
    html, script = recipe(title)
    assert html
    served = {name: as_module(name) for name in MODULES} | {"vue": vendored("vue"), "recipe": script}
    imports = ", ".join(f'"{name}": "/js/{name}.js"' for name in served)
    body = f"""<!doctype html><html lang="en"><title>Shop</title>
        <script type="importmap" nonce="map">{{"imports": {{{imports}}}}}</script>
        <main><h1>Shop</h1>{html}</main><script type="module" src="/js/recipe.js"></script></html>"""
    policy = {"Content-Security-Policy": POLICY.replace("script-src", "script-src 'nonce-map'")}
    served["htmx"] = vendored("htmx")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route(
        "**/js/**",
        lambda route: route.fulfill(
            body=served[route.request.url.partition("/js/")[2].removesuffix(".js")], content_type="text/javascript"
        ),
    )
    page.route("**/any-page/", lambda route: route.fulfill(body=body, content_type="text/html", headers=policy))
    page.route("**/delivery-price/", lambda route: route.fulfill(body=str(Delivery.objects.latest("created_at").price)))
    put_into_basket(page, shop)
    page.goto(f"{shop}/any-page/")
    choose(page)
    expect(page.locator("#delivery")).to_have_text(str(page.locator("[data-choice]").get_attribute("data-price")))
    assert page.locator("d2po-step").evaluate("step => step.form.action").endswith("/checkout/")
    assert said == []
