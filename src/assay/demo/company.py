"""Hot Rod AN, the made-up shop: what it sells, how busy it is, and what befalls its orders. Constants alone.

Prices are in cents. `demand` is about how many order lines a day a product has at the end of 24 months at scale 1.
"""

from __future__ import annotations

from typing import NamedTuple

CURRENCY = "USD"
PACKS = ("commerce_ops",)
"""The packs that are shown where nobody asks for others."""
SHOP, STOCKROOM, HELPDESK, OPS = "shop", "warehouse_counts", "helpdesk", "ops"
WEBSITE, ADVERTISING, MARKETING, MEMBERSHIP, BOOKS = "website", "advertising", "marketing", "membership", "books"
SOURCES = frozenset({SHOP, STOCKROOM, HELPDESK, OPS, WEBSITE, ADVERTISING, MARKETING, MEMBERSHIP, BOOKS})
"""Under which names the company delivers."""
CAMPAIGNS, STARTUP, GROWTH = "campaigns", "startup", "growth"
SHOWN_PACKS = (*PACKS, CAMPAIGNS, STARTUP, GROWTH)
"""The packs of which the company's records can tell."""
SILENT_SOURCES = frozenset({SHOP, STOCKROOM})
"""Those that delivered nothing on the silent day: the helpdesk and the office went on, and what they say of it stands."""
LOCATIONS = ("los-angeles", "reno")
FIRST_LOCATION_SHARE = 0.6

ORDERS_A_DAY_FIRST, ORDERS_A_DAY_LAST = 25.0, 45.0
"""Orders of an average day at the beginning and at the end of the planned months; the growth goes on after them."""

WEEKDAY_FACTORS = (1.10, 1.06, 1.03, 1.01, 0.99, 0.93, 0.88)
MONTH_FACTORS = (0.84, 0.91, 1.05, 1.14, 1.16, 1.11, 1.08, 1.03, 0.97, 0.93, 0.95, 0.86)
SPECIAL_DAYS = {(1, 1): 0.55, (7, 4): 0.65, (12, 24): 0.6, (12, 25): 0.35, (12, 31): 0.7}
BLACK_FRIDAY_FACTORS = {-3: 1.15, -2: 1.2, -1: 0.8, 0: 2.9, 1: 1.9, 2: 1.6, 3: 2.3, 4: 1.1}
"""By days after Black Friday; 3 is Cyber Monday."""

HOUR_WEIGHTS = (
    0.9,
    0.5,
    0.3,
    0.2,
    0.3,
    0.7,
    1.6,
    2.8,
    4.2,
    5.4,
    6.2,
    6.6,
    6.5,
    6.2,
    6.0,
    5.9,
    5.7,
    5.6,
    5.8,
    6.2,
    6.3,
    5.4,
    3.6,
    1.9,
)
LINES_PER_ORDER = (0.30, 0.28, 0.20, 0.12, 0.10)
CHANNELS = ("web", "marketplace", "phone")
CHANNEL_SHARES = (0.82, 0.12, 0.06)
GUEST_SHARE = 0.11
DISCOUNTS = (0, 5, 10, 15, 20)
DISCOUNT_SHARES = (0.82, 0.08, 0.08, 0.02, 0.0)
SALE_DISCOUNT_SHARES = (0.15, 0.0, 0.1, 0.55, 0.2)
PRICE_RISE = 35
"""Of a thousand."""

NEW_CUSTOMER_SHARE, NEW_CUSTOMER_SHARE_AT_FIRST, NEW_CUSTOMER_DAYS = 0.27, 1.0, 55.0
"""Share of the known buyers who buy for the first time: later, on the first day, and how fast the one becomes the other."""
WORKSHOP_EVERY, WORKSHOP_SHARE = 9, 0.15
"""Every so-many-th customer is a workshop: so large a share of the later orders is theirs, with twice as many of each thing."""
LOYAL_EVERY, LOYAL_SHARE = 4, 0.5
"""Every so-many-th customer is loyal: so large a share of the later orders is theirs."""


class Kind(NamedTuple):
    """What becomes of an order, and how often."""

    name: str
    share: float


PAID, AUTHORIZED, VOIDED, PENDING_PAID, PENDING, PENDING_VOIDED, OPEN, TEST, WARRANTY, CANCELLED, SPLIT = range(11)
KINDS = (
    Kind("paid at once", 0.9045),
    Kind("authorized, captured when it ships", 0.035),
    Kind("authorized, then voided", 0.009),
    Kind("pending, paid days later", 0.012),
    Kind("pending for ever", 0.003),
    Kind("pending, then voided and cancelled", 0.005),
    Kind("authorized, never captured", 0.004),
    Kind("a test", 0.006),
    Kind("a replacement under warranty, of total 0", 0.0015),
    Kind("paid, cancelled before it ships, refunded", 0.012),
    Kind("half captured at once, half when it ships", 0.008),
)

STATUSES = ("pending", "authorized", "paid", "partially_refunded", "refunded", "voided")

SHIPPING = (0.962, 0.031, 0.007)
RUSH_SHIPPING = (0.86, 0.125, 0.015)
"""On time (the next day that is not a Sunday), 3 to 6 days later, 8 to 30 days later."""
SHIPMENT_CANCELLED_SHARE = 0.008

NO_REFUND, PARTLY, WHOLLY, GOODWILL, CHARGEBACK, TWICE = range(6)
REFUND_SHARES = (0.9035, 0.053, 0.025, 0.011, 0.0015, 0.006)
REASONS = ("customer", "damaged", "wrong_item", "goodwill", "chargeback", "cancelled", "not_verified")
RETURN_REASON_SHARES = (0.6, 0.25, 0.15)
REASON_GOODWILL, REASON_CHARGEBACK, REASON_CANCELLED, REASON_NOT_VERIFIED = 3, 4, 5, 6

LATE_SHARE = 0.012
"""Share of the records that arrive 1 to 72 hours after they happened; the others take seconds."""


class Replenishment(NamedTuple):
    """Reorder below so many days of cover, up to so many, and wait so many days for the delivery."""

    reorder: float
    up_to: float
    lead: int


REPLENISHMENT = {"steady": Replenishment(27, 56, 6), "lean": Replenishment(5, 11, 3), "heavy": Replenishment(100, 150, 6)}


class Product(NamedTuple):
    """A catalogue row."""

    sku: str
    title: str
    category: str
    price: int
    demand: float
    stock: str = "steady"


FITTINGS, HOSES, PUMPS, FILTERS = "AN Fittings", "Hoses & Lines", "Fuel Pumps", "Filters & Regulators"
COOLING, OIL, BRAKES, GAUGES = "Cooling", "Oil System", "Brakes", "Gauges & Senders"
CATEGORIES = (FITTINGS, HOSES, PUMPS, FILTERS, COOLING, OIL, BRAKES, GAUGES)

QUANTITIES = (1, 2, 3, 4, 6, 8)
QUANTITY_SHARES = {FITTINGS: (0.35, 0.30, 0.12, 0.15, 0.05, 0.03), HOSES: (0.85, 0.12, 0.03, 0, 0, 0)}
QUANTITY_SHARES_ELSE = (0.96, 0.04, 0, 0, 0, 0)
SUMMER_FACTORS = {COOLING: 1.3, OIL: 1.1, GAUGES: 0.9}
"""How much more of a category's lines there are from May to August."""

FINISHES = ("", "Black", "Nickel", "Red/Blue", "Gunmetal", "Clear Zinc", "Raw", "Titanium", "Gold", "Satin")
"""Above scale 1 the catalogue grows by these, ten times at most."""

CATALOGUE = (
    Product("ANF-06-STR", "-6AN Straight Swivel Hose End", FITTINGS, 1495, 8.0),
    Product("ANF-06-90", "-6AN 90° Swivel Hose End", FITTINGS, 1995, 7.0),
    Product("ANF-06-45", "-6AN 45° Swivel Hose End", FITTINGS, 1895, 0.33),
    Product("ANF-08-STR", "-8AN Straight Swivel Hose End", FITTINGS, 1795, 5.0, "lean"),
    Product("ANF-08-90", "-8AN 90° Swivel Hose End", FITTINGS, 2395, 4.0),
    Product("ANF-10-45", "-10AN 45° Swivel Hose End", FITTINGS, 2795, 3.0),
    Product("ANF-ORB6-06", "ORB-6 to -6AN Male Adapter", FITTINGS, 995, 6.0),
    Product("ANF-ORB8-08", "ORB-8 to -8AN Male Adapter", FITTINGS, 1195, 0.32),
    Product("ANF-BLK-06", "-6AN Bulkhead Fitting with Nut", FITTINGS, 1695, 0.28),
    Product("ANF-Y-08-06", "-8AN to Dual -6AN Y-Block", FITTINGS, 3995, 0.24, "heavy"),
    Product("ANF-CAP-SET", "AN Cap and Plug Set, 12 Pieces", FITTINGS, 2995, 0.06, "heavy"),
    Product("HOS-PTFE-06", "-6AN PTFE Braided Hose, 20 ft", HOSES, 8995, 7.0),
    Product("HOS-NYL-08", "-8AN Nylon Braided Hose, 20 ft", HOSES, 7995, 6.0),
    Product("HOS-PTFE-10", "-10AN PTFE Braided Hose, 10 ft", HOSES, 7495, 4.0, "lean"),
    Product("HOS-NYL-06", "-6AN Nylon Braided Hose, 10 ft", HOSES, 3995, 0.6),
    Product("HOS-SS-12", "-12AN Stainless Braided Hose, 10 ft", HOSES, 9995, 0.42),
    Product("HOS-FLC-06", "Fuel Line Conversion Kit, LS Swap", HOSES, 21995, 0.6),
    Product("HOS-SLV-08", "Heat Sleeve for -8AN Hose, 12 ft", HOSES, 4495, 0.36, "heavy"),
    Product("HOS-HRD-38", '3/8" Stainless Hard Line, 25 ft', HOSES, 6995, 0.14),
    Product("PMP-340", "340 LPH In-Tank Fuel Pump, E85", PUMPS, 13995, 6.0),
    Product("PMP-255-IN", "255 LPH Inline Fuel Pump", PUMPS, 16495, 4.0),
    Product("PMP-450", "450 LPH In-Tank Fuel Pump, E85", PUMPS, 18995, 0.8),
    Product("PMP-HGR-A", "Dual Pump Hanger Assembly", PUMPS, 32995, 0.45),
    Product("PMP-MECH-SBC", "Mechanical Fuel Pump, Small Block Chevy", PUMPS, 9995, 0.6, "lean"),
    Product("PMP-SRG-2L", "2 L Surge Tank Kit", PUMPS, 28995, 0.4),
    Product("PMP-RLY-KIT", "Fuel Pump Relay Wiring Kit", PUMPS, 5495, 0.55),
    Product("PMP-BRL-1000", "Brushless Fuel Pump with Controller", PUMPS, 64995, 0.15),
    Product("FLT-10-06", "10 Micron Fuel Filter, -6AN", FILTERS, 4295, 6.0),
    Product("REG-EFI-KIT", "EFI Fuel Pressure Regulator Kit", FILTERS, 12995, 5.0),
    Product("FLT-100-08", "100 Micron Pre-Filter, -8AN", FILTERS, 4995, 0.7),
    Product("FLT-LS-REG", "LS Corvette-Style Filter Regulator", FILTERS, 8995, 0.75),
    Product("REG-BYP-CARB", "Bypass Regulator for Carburetors", FILTERS, 14995, 0.4),
    Product("REG-BOOST", "Boost-Referenced Regulator 1:1", FILTERS, 19995, 0.32),
    Product("FLT-ELM-10", "10 Micron Filter Element", FILTERS, 2295, 0.6),
    Product("REG-GAUGE-100", "Fuel Pressure Gauge, 0-100 psi", FILTERS, 3495, 0.15, "heavy"),
    Product("COL-RAD-26", '26" Aluminum Crossflow Radiator', COOLING, 38995, 0.5),
    Product("COL-FAN-16", '16" Electric Fan, 3,000 CFM', COOLING, 15995, 0.75, "lean"),
    Product("COL-FAN-CTL", "Dual Fan Controller", COOLING, 11995, 0.5),
    Product("COL-TRN-CLR", "Transmission Cooler Kit, -6AN", COOLING, 17995, 0.55),
    Product("COL-WTR-PMP", "Electric Water Pump, 55 GPM", COOLING, 34995, 0.28),
    Product("COL-HSE-KIT", "Radiator Hose Kit, Braided", COOLING, 12995, 0.4),
    Product("COL-OVF-TNK", "Coolant Overflow Tank, Polished", COOLING, 8495, 0.15, "heavy"),
    Product("COL-STAT-HSG", "Thermostat Housing with -16AN Port", COOLING, 7995, 0.14),
    Product("OIL-CAN-BFL", "Baffled Oil Catch Can", OIL, 7495, 3.5),
    Product("OIL-CLR-19", "19-Row Oil Cooler Kit, -10AN", OIL, 24995, 0.6),
    Product("OIL-SND-ADP", "Oil Filter Sandwich Adapter", OIL, 6995, 0.6),
    Product("OIL-PAN-LS", "LS Swap Oil Pan Kit", OIL, 42995, 0.35),
    Product("OIL-RMT-FLT", "Remote Oil Filter Mount, -10AN", OIL, 8995, 0.4),
    Product("OIL-ACC-3Q", "3 qt Oil Accumulator", OIL, 29995, 0.15),
    Product("OIL-BRT-VLV", "Valve Cover Breather Pair", OIL, 4995, 0.5, "heavy"),
    Product("OIL-DRY-4S", "Four-Stage Dry Sump Pump", OIL, 119995, 0.05),
    Product("BRK-LIN-KIT", "Stainless Brake Line Kit, -3AN", BRAKES, 6495, 3.5),
    Product("BRK-PRP-VLV", "Adjustable Proportioning Valve", BRAKES, 6995, 0.55),
    Product("BRK-MC-1IN", '1" Bore Master Cylinder', BRAKES, 16995, 0.4),
    Product("BRK-DSC-FRT", "Front Disc Conversion Kit", BRAKES, 59995, 0.3),
    Product("BRK-RES-VLV", "Residual Pressure Valve, 10 lb", BRAKES, 3295, 0.32),
    Product("BRK-BST-8", '8" Dual Diaphragm Booster', BRAKES, 24995, 0.14),
    Product("BRK-LCK-ELC", "Electric Line Lock Kit", BRAKES, 12995, 0.16, "heavy"),
    Product("GAU-TMP-SND", "Water Temperature Gauge and Sender", GAUGES, 5995, 3.5, "lean"),
    Product("GAU-OIL-PSI", "Oil Pressure Gauge, Electric", GAUGES, 7995, 0.7),
    Product("GAU-SET-5", "Five-Gauge Set, Vintage Face", GAUGES, 38995, 0.42),
    Product("GAU-WB-O2", "Wideband O2 Gauge Kit", GAUGES, 21995, 0.45),
    Product("GAU-FUEL-SND", "Fuel Level Sender, Tube Style", GAUGES, 6495, 0.16),
    Product("GAU-SPD-GPS", "GPS Speedometer", GAUGES, 27995, 0.14),
)

SILENT_AFTER = 14
"""So many days after its first one a shop that is made anew has its silent day: no running year rests on it."""
STOCK_OUTS = (("PMP-340", 62, 54), ("HOS-FLC-06", 2, -4), ("BRK-RES-VLV", 4, -2))
"""(SKU, first day, last day without stock), in days before the last planned day; the others outlast it."""
SUPPLIER_FAILS = 30
"""So many days before a stock-out the product's deliveries stop."""
DISCONTINUED = ("GAU-SPD-GPS", 120)
"""Not sold any more since so many days before the last planned day, though some are left."""
