"""What the example shop sells: names and descriptions in both languages, CAD, kilograms, centimetres."""

from decimal import Decimal
from typing import NamedTuple


class Entry(NamedTuple):
    """One product as it is seeded."""

    slug: str
    name_en: str
    name_fr: str
    description_en: str
    description_fr: str
    price: Decimal
    weight_kg: Decimal
    sides_cm: tuple[Decimal, Decimal, Decimal]
    not_by_post_en: str = ""
    not_by_post_fr: str = ""


def _sides(length: int, width: int, height: int) -> tuple[Decimal, Decimal, Decimal]:
    return Decimal(length), Decimal(width), Decimal(height)


PRODUCTS = (
    Entry(
        "wool-blanket",
        "Wool blanket",
        "Couverture de laine",
        "Woven in the Eastern Townships from undyed wool. Heavy enough for a January night, light enough for the dock.",
        "Tissée dans les Cantons-de-l’Est, en laine non teinte. Assez lourde pour une nuit de janvier, assez légère "
        "pour le quai.",
        Decimal("148.00"),
        Decimal("1.900"),
        _sides(40, 30, 14),
    ),
    Entry(
        "stoneware-mug",
        "Stoneware mug",
        "Tasse en grès",
        "Thrown by hand, glazed in pine green. Holds 350 ml and keeps it hot.",
        "Tournée à la main, émaillée vert pin. Contient 350 ml et les garde au chaud.",
        Decimal("32.00"),
        Decimal("0.420"),
        _sides(13, 10, 11),
    ),
    Entry(
        "cast-iron-pan",
        "Cast-iron pan",
        "Poêle en fonte",
        "Seasoned and ready for pancakes. Goes from the stove to the campfire, and then to your grandchildren.",
        "Culottée, prête pour les crêpes. Elle passe de la cuisinière au feu de camp, puis à vos petits-enfants.",
        Decimal("68.00"),
        Decimal("2.400"),
        _sides(46, 28, 7),
    ),
    Entry(
        "beeswax-candles",
        "Beeswax candles, pair",
        "Chandelles de cire d’abeille, la paire",
        "Pure beeswax, dipped thirty times. Ten hours each, with a smell of summer.",
        "Pure cire d’abeille, trempées trente fois. Dix heures chacune, avec un parfum d’été.",
        Decimal("24.00"),
        Decimal("0.300"),
        _sides(28, 8, 5),
    ),
    Entry(
        "maple-board",
        "Maple cutting board",
        "Planche à découper en érable",
        "One piece of sugar maple with a groove that keeps the juice off the counter.",
        "Une seule pièce d’érable à sucre, avec une rainure qui garde le jus loin du comptoir.",
        Decimal("54.00"),
        Decimal("1.350"),
        _sides(40, 25, 4),
    ),
    Entry(
        "linen-towels",
        "Linen tea towels, set of two",
        "Linges à vaisselle en lin, lot de deux",
        "Washed linen that dries glasses without a streak and gets softer every year.",
        "Du lin lavé qui essuie les verres sans laisser de traces et s’adoucit avec les années.",
        Decimal("36.00"),
        Decimal("0.250"),
        _sides(25, 20, 4),
    ),
    Entry(
        "wool-socks",
        "Ragg wool socks",
        "Bas de laine",
        "Thick, warm and a little scratchy until the third wash. One size fits most feet.",
        "Épais, chauds, un peu piquants jusqu’au troisième lavage. Une taille pour presque tous les pieds.",
        Decimal("28.00"),
        Decimal("0.160"),
        _sides(24, 12, 5),
    ),
    Entry(
        "storm-lantern",
        "Storm lantern",
        "Fanal tempête",
        "Burns for twenty hours and does not mind the wind. For the cabin, or the next power cut.",
        "Brûle vingt heures et ne craint pas le vent. Pour le chalet ou la prochaine panne d’électricité.",
        Decimal("89.00"),
        Decimal("1.100"),
        _sides(30, 18, 18),
    ),
    Entry(
        "maple-bench",
        "Maple bench",
        "Banc d’érable",
        "Solid maple for the entrance hall. Too large for a post office: we bring it to your door.",
        "De l’érable massif pour l’entrée. Trop gros pour un bureau de poste : nous l’apportons à votre porte.",
        Decimal("320.00"),
        Decimal("19.000"),
        _sides(150, 46, 40),
    ),
    Entry(
        "kitchen-knives",
        "Forged kitchen knives, set of three",
        "Couteaux de cuisine forgés, lot de trois",
        "Chef’s, bread and paring knife, forged from one piece of carbon steel. They travel covered for their price, "
        "and somebody signs for them.",
        "Couteau de chef, à pain et d’office, forgés d’une seule pièce d’acier au carbone. Ils voyagent avec une "
        "couverture à la hauteur de leur prix, et quelqu’un signe à leur réception.",
        Decimal("600.00"),
        Decimal("1.450"),
        _sides(42, 24, 6),
    ),
    Entry(
        "butcher-block",
        "Butcher’s block",
        "Billot de boucher",
        "End-grain maple, thirty-four kilograms of it. It stays where you put it. Too heavy for a post office: we "
        "bring it to your door.",
        "Trente-quatre kilos d’érable en bois de bout. Il reste là où on le pose. Trop lourd pour un bureau de "
        "poste : nous l’apportons à votre porte.",
        Decimal("420.00"),
        Decimal("34.000"),
        _sides(46, 46, 31),
    ),
    Entry(
        "ash-toboggan",
        "Ash toboggan",
        "Traîne sauvage en frêne",
        "Steam-bent ash for four, two metres and ten. Too long for a post office: we bring it to your door.",
        "Frêne cintré à la vapeur, deux mètres dix, pour quatre. Trop longue pour un bureau de "
        "poste : nous l’apportons à votre porte.",
        Decimal("210.00"),
        Decimal("6.800"),
        _sides(210, 42, 30),
    ),
    Entry(
        "lamp-oil",
        "Lamp oil, one litre",
        "Huile à lampe, un litre",
        "Burns clean and without a smell, for lanterns and cabin lamps. Our own courier carries it.",
        "Brûle proprement et sans odeur, pour les fanaux et les lampes du chalet. Notre propre messager la transporte.",
        Decimal("18.00"),
        Decimal("0.950"),
        _sides(24, 9, 9),
        "Lamp oil must not be mailed, because it burns. Choose home delivery, or take it out of your basket.",
        "L’huile à lampe ne peut pas être mise à la poste, car elle est inflammable. Choisissez la livraison à "
        "domicile ou retirez-la de votre panier.",
    ),
)
