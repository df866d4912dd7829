"""Why a delivery, a shipment or a manifest is where it is, and what a clerk can do about it: one entry each."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from deliver_to_po.core.choices.answers import OfficeCheck
from deliver_to_po.core.choices.entry import (
    ASK_BUYER,
    BY_ITSELF,
    CORRECT_IT,
    IF_NOT_THERE,
    LABEL_COMES,
    LOOK_UP,
    MANIFEST_COMES,
    TAKE_BACK,
    Entry,
    Explained,
)
from deliver_to_po.core.choices.events import Outcome


class Reason(Explained):
    """Why a delivery, a shipment or a manifest is where it is. Rows keep its name in small letters."""

    NONE = Entry()

    # About the post office.
    OFFICE_NO_LONGER = Entry(_("The post office no longer accepts parcels."), ASK_BUYER)
    OFFICE_GONE = Entry(_("The post office no longer exists."), ASK_BUYER)
    OFFICE_NOT_CHECKED = Entry(
        _("Canada Post could not be asked whether the post office accepts parcels."),
        _("You do not need to do anything: Canada Post is asked again before the label is made."),
    )
    NEVER_CHOSEN = Entry(_("The order came without a post office."), ASK_BUYER)
    CHOICE_ERASED = Entry(
        _("The order arrived after the chosen post office and recipient had been erased."),
        _("Ask the buyer which post office they want and who will pick up, or ship the order another way."),
    )

    # About the shop.
    ON_HOLD = Entry(_("Somebody put the delivery on hold."), _("When what it waits for is settled, press “Resume”."))
    NO_PARCELS = Entry(
        _("The shop names no parcels for this order."),
        _("Ask technical support to correct what the order is packed in; it will then be tried again automatically."),
        mendable=True,
    )
    SHOP_ERROR = Entry(
        _("The shop’s own code failed when it was asked about this order."),
        _("Ask technical support to check the log; it will then be tried again automatically."),
        mendable=True,
    )
    SHOP_HOLD = Entry(
        _("The shop says that this order must not be shipped yet."),
        _("When what the shop names is settled, press “Resume”."),
    )
    NOT_PAID = Entry(
        _("The shop says that this order is no longer paid."),
        _("Look at the order’s payment: the delivery continues automatically when the order is paid."),
        mendable=True,
    )
    OTHER_PARCELS = Entry(
        _("The shop names other parcels for this order now than those that have a label."),
        _("Press “Ask the shop for the parcels again”."),
    )
    NOT_PRINTED = Entry(
        _("Nobody has printed its label yet."),
        _("Print the label; the parcel then goes with the others."),
    )
    NOT_ASKED = Entry(
        _("The shop could not be asked about it within the time."),
        _("Transmit the others, then open the day’s end again."),
    )
    CHANGED = Entry(
        _("The post office, the recipient or the service changed after the buyer last saw them."),
        _("Ask the buyer whether the post office, the recipient and the service below are right; then press “Resume”."),
    )
    PARCELS_CHANGED = Entry(
        _("The order is no longer packed as it was when the delivery was reserved for the payment."),
        _(
            "Compare the parcels and the payment with the order. If they are right, press “Resume”; if not, "
            "correct the order, or cancel the delivery."
        ),
    )
    CHARGED_OTHERWISE = Entry(
        _("The buyer paid another amount for the delivery than it costs."),
        _(
            "Compare the payment with the price of the delivery. When the difference is refunded or collected, or you "
            "accept it, press “Resume”."
        ),
    )
    NOT_FOR_POST_OFFICE = Entry(
        _("The shop says that this order does not go to a post office."),
        _(
            "Look at the order: it may have changed to home delivery or pickup at the shop. If it goes to a post "
            "office after all, correct it; then press “Resume”."
        ),
    )
    CANCELLED = Entry(_("Somebody cancelled the delivery."), _("There is nothing left to do."))
    TO_HOME = Entry(
        _("The order is delivered to the buyer’s home instead."),
        _("Ship the order to the buyer’s home as usual."),
    )
    REPLACED = Entry(
        _("Another delivery of the same order took the place of this one."),
        _("There is nothing left to do."),
    )
    EXPIRED = Entry(
        _("The delivery waited too long, and its recipient’s data has been deleted."),
        _("There is nothing left to do. If the order is still wanted, it must be placed again."),
    )
    ERASED = Entry(
        _("The recipient has been erased."),
        _("Nothing more of it is sent. Parcels that were made keep their tracking numbers."),
    )

    # About what the buyer does on the order's page.
    BUYER_CANCELS = Entry(
        _("The buyer asks to cancel the delivery."),
        _("Press “Cancel the delivery” or, if that cannot be, “Resume”."),
    )
    BUYER_TO_HOME = Entry(
        _("The buyer asks to have the order delivered to their home instead."),
        _("Press “Ship to the buyer’s home instead” or, if that cannot be, “Resume”."),
    )
    BY_BUYER = Entry(_("The buyer did it on the order’s page."), _("There is nothing left to do."))

    # About what the option may do now.
    PAUSED = Entry(
        _("Deliver to Post Office is paused."),
        _("You do not need to do anything: it resumes automatically when the pause ends."),
        passes=True,
        slow=True,
    )
    TEST_ONLY = Entry(
        _("This is a test delivery, and the shop ships for real now."),
        _("Nothing will be sent. If a buyer waits for the order, press “Ship it for real”."),
        slow=True,
    )
    LIVE_OFF = Entry(
        _("This delivery is real, but the shop is in test mode."),
        _("Ask technical support to switch it to real shipments; it then continues automatically."),
        slow=True,
    )
    WRONG_HOST = Entry(
        _("The Canada Post address set in the shop does not allow this parcel."),
        _(
            "Ask technical support to check BASE_URL and LIVE with “manage.py d2po_doctor”; the labels are then "
            "requested automatically."
        ),
        slow=True,
    )
    TO_EXPORT = Entry(
        _("It is waiting for somebody to export it to %(system)s."),
        _("Export it on the page “Parcels labelled in another program”."),
    )
    NO_D2PO = Entry(
        _("%(system)s does not offer Deliver to Post Office."),
        _("Ask technical support to choose another shipping system, then press “Make the label again”."),
        slow=True,
    )
    NOT_CONFIGURED = Entry(
        _("The shipping system of this parcel is not set up in the shop."),
        _(
            "Ask technical support to set it up again or, if no label was requested yet, press “Make the label again” "
            "for another."
        ),
        slow=True,
    )

    # About answers of the shipping system.
    CREDENTIALS = Entry(
        _("%(system)s refused the shop’s credentials."),
        _("Ask technical support to check them; it will then be tried again automatically."),
        slow=True,
        outcome=Outcome.CREDENTIALS,
    )
    NOT_ENTITLED = Entry(
        _("%(system)s says that the shop’s account may not do this."),
        _(
            "Ask technical support to check the shop’s agreement with Canada Post; it will then be tried again "
            "automatically."
        ),
        slow=True,
        outcome=Outcome.NOT_ENTITLED,
    )
    NO_CARD = Entry(
        _("%(system)s has no valid payment card for the shop, so the parcel was not made."),
        _(
            "Ask technical support to add a default card, or to renew it, in the shop’s profile at the shipping "
            "system; then press “Request the label”, or wait: it will be tried again automatically."
        ),
        slow=True,
        outcome=Outcome.REFUSED,
    )
    INVALID = Entry(
        _("The parcel breaks a rule of Deliver to Post Office, so it was not sent."),
        CORRECT_IT,
        outcome=Outcome.INVALID,
    )
    REFUSED = Entry(_("%(system)s refused the parcel."), CORRECT_IT, outcome=Outcome.REFUSED)
    RECEIVER_GONE = Entry(
        _("%(system)s no longer accepts parcels at the web address that the shop uses."),
        _("Ask technical support to correct that web address; the labels are then requested automatically."),
        slow=True,
    )
    THROTTLED = Entry(_("%(system)s asked us to slow down."), BY_ITSELF, outcome=Outcome.THROTTLED)
    UNAVAILABLE = Entry(_("%(system)s could not be reached."), BY_ITSELF)
    UNKNOWN = Entry(
        _("%(system)s received the parcel’s data, but its answer never came."),
        _("You do not need to do anything: the parcel is looked up before anything is sent again."),
    )
    UNREADABLE = Entry(_("The answer from %(system)s could not be saved."), LOOK_UP, outcome=Outcome.UNREADABLE)
    NOT_FOUND = Entry(
        _("%(system)s says that it holds the parcel already, but its own search does not find it."),
        LOOK_UP,
    )
    MISMATCH = Entry(
        _("%(system)s holds a different shipment under the same request ID."),
        _("Compare the two in the shipping system, and decide which one is correct."),
    )
    GAVE_UP = Entry(_("%(system)s has been asked for a day, and the result is still unknown."), LOOK_UP)
    NO_LOOK_UP = Entry(_("%(system)s cannot be asked what became of the parcel."), LOOK_UP)
    REPORTED_LOST = Entry(_("%(system)s reported that the parcel was not made."), IF_NOT_THERE)
    UNFINISHED = Entry(
        _("The recipient was erased before %(system)s had finished the parcel."),
        _("Look the parcel up in the shipping system by its request ID if you need to know."),
    )
    SUSPENDED = Entry(
        _("%(system)s suspended the shipment; its label is not valid."),
        _("Call the shipping system’s support before you ship the parcel."),
    )
    LABEL_NOT_READY = Entry(
        _("%(system)s is still making the label."),
        LABEL_COMES,
        outcome=Outcome.NOT_READY,
    )
    LABEL_UNREADABLE = Entry(
        _("%(system)s sent something that is not a label."), LABEL_COMES, outcome=Outcome.UNREADABLE
    )
    LABEL_NOT_KEPT = Entry(
        _("The label could not be stored."),
        _("Ask technical support to run “manage.py d2po_doctor”; the label is then fetched again automatically."),
        slow=True,
        outcome=Outcome.CRASHED,
    )
    LABEL_MISSING = Entry(_("The label’s file was missing, or could not be read."), LABEL_COMES)
    NOT_REPORTED = Entry(
        _("%(system)s has had the parcel for a day, and nobody has reported what became of it."),
        _(
            "Look the parcel up in the shipping system. If its label is made, enter its tracking number; if "
            "nothing was made, press “Nothing was made”."
        ),
    )

    # About voids and refunds.
    NOT_WANTED = Entry(
        _("%(system)s has the parcel, but the order has since been changed or cancelled."),
        _(
            "Delete the parcel’s order in the shipping system. If its label has been made, void the label there "
            "and destroy it. Then press “Nothing was made”. If the parcel has already been mailed, enter its "
            "tracking number."
        ),
    )
    TAKE_BACK_UNKNOWN = Entry(_("%(system)s was asked to void the label, but its answer never came."), BY_ITSELF)
    TRANSMITTED = Entry(_("%(system)s already has the parcel, so its label can no longer be voided."), TAKE_BACK)
    NOT_TRANSMITTED = Entry(_("%(system)s has not taken the parcel over, so there is nothing to refund."), TAKE_BACK)
    NOT_HELD = Entry(_("%(system)s says that it has no such shipment."), IF_NOT_THERE)
    GAVE_UP_TAKING_BACK = Entry(
        _("%(system)s was asked for a day to void the label, and never said whether it had."),
        _(
            "Look the parcel up in the shipping system by its tracking number. If it is still there, void or "
            "refund it there, and destroy the label. Then press “Nothing was made”."
        ),
    )
    NOT_TAKEN_BACK = Entry(_("%(system)s refused to void the label."), TAKE_BACK)
    CANNOT_TAKE_BACK = Entry(_("The shop cannot void labels made in %(system)s."), TAKE_BACK)
    NO_REFUND_EMAIL = Entry(
        _("The shop has no e-mail address to which %(system)s could answer a refund."),
        _("Ask technical support to set REFUND_EMAIL; then try again, or press “Make the label again”."),
    )

    # About a transmission and its manifest.
    TRANSMIT_UNKNOWN = Entry(
        _("%(system)s was asked to transmit the parcels, but its answer never came."),
        _("You do not need to do anything: it is looked up before anything is asked again."),
    )
    TRANSMIT_REFUSED = Entry(
        _("%(system)s refused to transmit the parcels."),
        _("Correct what is named here; the parcels can then be transmitted again."),
    )
    TRANSMIT_FAILED = Entry(
        _("%(system)s took the parcels to be transmitted, but then made no manifest of them."),
        _(
            "Look the parcels up in the shipping system. If they are not transmitted there, ask technical support "
            "to check how the shop pays there, such as by its default card; then transmit them at the shipping "
            "system’s own site."
        ),
    )
    GAVE_UP_TRANSMITTING = Entry(
        _("%(system)s was asked for a day whether the parcels are transmitted, and never said."),
        _(
            "Look the parcels up in the shipping system. If they are transmitted there, print the manifest there. Then "
            "press “Check again”."
        ),
    )
    MANIFEST_NOT_READY = Entry(_("%(system)s is still making the manifest."), MANIFEST_COMES)
    MANIFEST_UNREADABLE = Entry(_("%(system)s sent something that is not a manifest."), MANIFEST_COMES)
    MANIFEST_MISSING = Entry(
        _("The parcels are transmitted, but their manifest never came."),
        _(
            "Print the manifest at the shipping system’s own site, or press “Check again”. Nothing needs to be "
            "transmitted again."
        ),
    )
    CRASHED = Entry(
        _("Something went wrong in the shop’s program."),
        _("It will be tried again automatically. If the problem persists, ask technical support to check the log."),
    )


# What a buyer asks for, which a clerk then decides, by the key of BUYER_MAY that allows it.
REQUESTS: Mapping[str, Reason] = {"CANCEL": Reason.BUYER_CANCELS, "SHIP_HOME": Reason.BUYER_TO_HOME}
# What the check of a post office says when it is closed for parcels.
CLOSED_OFFICE: Mapping[OfficeCheck, Reason] = {
    OfficeCheck.NO_LONGER: Reason.OFFICE_NO_LONGER,
    OfficeCheck.GONE: Reason.OFFICE_GONE,
}
