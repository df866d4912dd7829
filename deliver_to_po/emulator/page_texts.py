"""The texts of the emulator's own page, in English and in French. The emulator knows no Django, so no catalogue."""

from collections.abc import Mapping
from typing import Literal, TypeAlias, get_args

Language: TypeAlias = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_NBSP = "\N{NO-BREAK SPACE}"

TEXTS: Mapping[str, tuple[str, str]] = {
    "title": ("Canada Post emulator", "Émulateur de Postes Canada"),
    "about": (
        "It answers for Canada Post on this machine. Its post offices are made up, and nothing leaves this machine.",
        "Il répond à la place de Postes Canada sur cet ordinateur. Ses bureaux de poste sont inventés, et rien ne "
        "quitte cet ordinateur.",
    ),
    "about_control": (
        "Programs can do everything on this page over the {control_api}.",
        "Un programme peut faire tout ce que permet cette page par l’{control_api}.",
    ),
    "control_api": ("control API", "API de contrôle"),
    "places_from": ("Places:", f"Lieux{_NBSP}:"),
    "outlines_from": ("Outlines of provinces: Natural Earth.", f"Contours des provinces{_NBSP}: Natural Earth."),
    "shipments": ("Shipments", "Envois"),
    "manifests": ("Manifests", "Manifestes"),
    "faults": ("Faults", "Pannes"),
    "calls": ("Calls", "Appels"),
    "settings": ("Settings", "Paramètres"),
    "none_yet": ("None yet.", "Rien pour l’instant."),
    "tracking_number": ("Tracking number", "Numéro de repérage"),
    "state": ("State", "État"),
    "parcel": ("Parcel", "Colis"),
    "reference": ("Reference", "Référence"),
    "post_office": ("Post office", "Bureau de poste"),
    "document": ("Document", "Document"),
    "label": ("Label", "Étiquette"),
    "no_events": ("No events yet", "Aucun événement"),
    "move_along": ("Move along", "Faire avancer"),
    "next_step": ("Next step", "Prochaine étape"),
    "other_office": ("Another post office ID", "Autre numéro de bureau"),
    "move": ("Move", "Avancer"),
    "not_moved": (
        "The parcel was not moved: no post office has this ID, or there is no such step.",
        f"Le colis n’a pas avancé{_NBSP}: aucun bureau de poste ne porte ce numéro, ou cette étape n’existe pas.",
    ),
    "no_such_shipment": (
        "The parcel was not moved: the emulator has forgotten this shipment.",
        f"Le colis n’a pas avancé{_NBSP}: l’émulateur a oublié cet envoi.",
    ),
    "number": ("Number", "Numéro"),
    "id": ("ID", "Identifiant"),
    "groups": ("Groups", "Groupes"),
    "operation": ("Operation", "Opération"),
    "fault": ("Fault", "Panne"),
    "fault_means": ("{fault}: {meaning}", f"{{fault}}{_NBSP}: {{meaning}}"),
    "calls_to_come": ("Calls to come", "Appels à venir"),
    "until_cleared": ("until cleared", "jusqu’à l’effacement"),
    "probability": ("Probability", "Probabilité"),
    "percent": ("{percent}%", f"{{percent}}{_NBSP}%"),
    "after_work": ("After the work is done", "Une fois le travail fait"),
    "plan": ("Plan", "Prévoir"),
    "clear_all": ("Clear all", "Tout effacer"),
    "setting": ("Setting", "Paramètre"),
    "value": ("Value", "Valeur"),
    "yes": ("yes", "oui"),
    "no": ("no", "non"),
    "time": ("%Y-%m-%d %H:%M", f"%Y-%m-%d, %H{_NBSP}h{_NBSP}%M"),
}

# By the status that a shipment is kept with. An "envoi" is masculine.
STATUSES: Mapping[str, tuple[str, str]] = {
    "created": ("created", "créé"),
    "transmitted": ("transmitted", "transmis"),
    "suspended": ("suspended", "suspendu"),
    "voided": ("voided", "annulé"),
}

# By the step's name in ``parcel_steps.STEPS``.
STEPS: Mapping[str, tuple[str, str]] = {
    "announced": ("announced", "annoncé"),
    "in_transit": ("in transit", "en transit"),
    "to_post_office": ("in transit to post office", "en transit au bureau de poste"),
    "delayed": ("delayed", "retardé"),
    "ready": ("ready for pickup", "prêt à ramasser"),
    "reminded": ("final notice", "dernier avis"),
    "collected": ("picked up", "ramassé"),
    "delivered_at_door": ("delivered to the door", "livré à la porte"),
    "returning": ("returning to sender", "en renvoi à l’expéditeur"),
    "returned": ("returned to sender", "renvoyé à l’expéditeur"),
    "undeliverable": ("undeliverable", "non livrable"),
}

# By the fault's name in ``faults.NAMED_FAULTS``.
FAULTS: Mapping[str, tuple[str, str]] = {
    "delay": ("waits, then answers", "attend, puis répond"),
    "drip": ("answers a few bytes at a time", "répond quelques octets à la fois"),
    "reset": ("breaks the connection", "rompt la connexion"),
    "truncate": ("answers half", "répond à moitié"),
    "garbage": ("answers bytes without meaning", "répond des octets sans signification"),
    "encoding": ("answers in the wrong encoding", "répond dans le mauvais encodage"),
    "empty": ("answers nothing", "répond du vide"),
    "html": ("answers a web page", "répond une page Web"),
    "slm": ("rejects as the SLM monitor does", "rejette comme le moniteur SLM"),
    "redirect": ("redirects elsewhere", "redirige ailleurs"),
    "duplicate": ("does the work twice", "fait le travail deux fois"),
}


def in_language(texts: tuple[str, str], language: Language) -> str:
    """Return the text of a pair from these tables in one language."""
    return texts[LANGUAGES.index(language)]
