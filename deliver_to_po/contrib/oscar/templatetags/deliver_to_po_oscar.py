"""What extends a text that has no blocks to extend, and who may go on with what is not paid."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from deliver_to_po.contrib.oscar.being_paid import has_left

register = template.Library()
register.filter(has_left)


@register.simple_tag(takes_context=True)
def without_ours(context: Context) -> SafeString:
    """Return the template of the same name that the page would have had without this app: the shop's or Oscar's."""
    ours: Any = context.template
    theirs, _origin = ours.engine.find_template(ours.name, skip=[ours.origin])
    rendered: SafeString = theirs.render(context)
    return rendered
