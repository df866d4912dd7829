"""What developers, clerks and reviewers ask: written before the pages were shortened, and kept.

Each is a question, what its reader types into the search of the built pages, the pages that answer it, and words
that stand in the answer.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """What somebody wants to know, and where the answer stands."""

    asks: str
    types: str
    pages: tuple[str, ...]
    answer: str


DEVELOPERS = (
    Question("check says W059 and I have no worker yet: how do I silence it?", "silence W059",
             ("reference/checks",), "SILENCED_SYSTEM_CHECKS"),
    Question("check says W057: what is missing?", "W057", ("reference/checks",), "PRIVACY_OFFICER"),
    Question("Does it run on SQLite?", "SQLite", ("how-to/databases",), "transaction_mode"),
    Question("How do web processes and workers share a cache?", "shared cache",
             ("how-to/run-the-hand-off",), "createcachetable"),
    Question("What must I do before real parcels go out?", "go live", ("how-to/go-live",), "LIVE"),
    Question("We run Oscar. What do I fork?", "Oscar fork", ("how-to/oscar",), "oscar_fork_app checkout"),
    Question("How do I change the colours of the step?", "CSS colours", ("how-to/theming",), "--d2po-accent"),
    Question("What does our Content-Security-Policy have to allow?", "content security policy",
             ("how-to/theming",), "script-src 'self'"),
    Question("We take the payment before there is an order.", "payment before order",
             ("how-to/payment-first",), "reserve"),
    Question("How do I test my checkout without an account?", "test checkout emulator",
             ("how-to/test-your-checkout",), "canada_post_emulator"),
    Question("Our checkout is written in React.", "React", ("how-to/any-page",), "createRoot"),
    Question("How does it run with Celery?", "Celery", ("how-to/run-the-hand-off",), "CeleryBackend"),
    Question("How do I take the app out again?", "remove the app",
             ("how-to/upgrade-and-remove",), "migrate deliver_to_po zero"),
    Question("How do I upgrade?", "upgrade", ("how-to/upgrade-and-remove", "how-to/look-after-your-shop"), "migrate"),
    Question("What becomes of orders that are open when I install it?", "install open orders",
             ("how-to/upgrade-and-remove",), "choose_for(order)"),
)  # fmt: skip
CLERKS = (
    Question("Which permission do I need to print labels?", "permission print labels",
             ("how-to/pack-and-print", "reference/pages-and-commands"), "print"),
    Question("A parcel is stuck: what now?", "parcel stuck",
             ("how-to/run-the-hand-off", "how-to/what-do-i-do-when"), "needs attention"),
    Question("How do I put an order on hold?", "put on hold",
             ("how-to/what-do-i-do-when", "how-to/the-desk"), "Put on hold"),
    Question("The buyer wants another post office.", "another post office",
             ("how-to/what-do-i-do-when", "how-to/when-an-office-closes"), "Choose another post office"),
    Question("How do I end the day?", "day's end transmit", ("how-to/the-desk",), "ransmit"),
    Question("Comment imprimer les étiquettes?", "imprimer étiquettes",
             ("how-to/emballer-et-imprimer",), "Imprimer"),
    Question("La commande est annulée : que faire?", "commande annulée", ("how-to/que-faire-quand",), "annul"),
    Question("Comment finir la journée?", "fin de journée",
             ("how-to/le-comptoir-du-marchand", "how-to/que-faire-quand"), "in de journée"),
    Question("Postes Canada est en grève : que faire?", "grève", ("how-to/que-faire-quand",), "grève"),
)  # fmt: skip
REVIEWERS = (
    Question("What is held about people, and for how long?", "personal data retention",
             ("explanation/privacy",), "RECIPIENT_LIFETIME"),
    Question("What keeps it from making two labels after a lost answer?", "lost answer two labels",
             ("explanation/rooms", "how-to/run-the-hand-off"), "label"),
    Question("Are the webhook's messages signed?", "webhook signature", ("how-to/webhook-receiver",), "HMAC-SHA256"),
    Question("Who may open a label?", "who may open labels", ("explanation/privacy",), "deliver_to_po.view_label"),
    Question("What has been proved against the live Canada Post?", "live Canada Post unknown",
             ("reference/canada-post",), "Still unknown"),
    Question("How do I report a vulnerability?", "report vulnerability security", ("index",), "SECURITY"),
)  # fmt: skip
QUESTIONS = (*DEVELOPERS, *CLERKS, *REVIEWERS)
# Single words that people type first; any page below them is of use.
WORDS = {
    "permission": ("reference/pages-and-commands", "how-to/the-desk", "how-to/pack-and-print"),
    "stuck": ("how-to/run-the-hand-off", "how-to/what-do-i-do-when"),
    "W057": ("reference/checks",),
    "W059": ("reference/checks", "how-to/run-the-hand-off"),
    "CSS": ("how-to/theming",),
    "SQLite": ("how-to/databases", "how-to/add-to-your-shop"),
    "Oscar": ("how-to/oscar",),
    "cache": ("how-to/run-the-hand-off",),
    "go live": ("how-to/go-live",),
    "silence": ("reference/checks",),
}
