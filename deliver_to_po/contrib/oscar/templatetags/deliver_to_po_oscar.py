"""What extends a text that has no blocks to extend."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag(takes_context=True)
def without_ours(context: Context) -> SafeString:
    """Return the template of the same name that the page would have had without this app: the shop's or Oscar's."""
    ours: Any = context.template
    theirs, _origin = ours.engine.find_template(ours.name, skip=[ours.origin])
    rendered: SafeString = theirs.render(context)
    return rendered
