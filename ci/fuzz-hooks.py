"""What a schema cannot say, for schemathesis: keys that are new, orders that can be placed, events that Stripe signed."""
import hashlib
import hmac
import json
import os
import re
import time
import urllib.request

import schemathesis
from hypothesis import strategies as st
from requests.auth import AuthBase

BASE = os.environ["FUZZ_BASE"]
STRIPE_SECRET = b"whsec_twin"  # local/src/cloud/mod.rs
ACCEPTED_BUT_INVALID = "ST201"  # schemathesis's code for what negative_data_rejection finds
PRODUCTS = ["bottle-steel-750", "mug-enamel", "bag-cotton", "lamp-desk", "soap-olive"]  # local/src/demo.rs
CARDS = ["visa", "authenticationRequired", "chargeDeclined", "chargeDeclinedInsufficientFunds"]  # docs.stripe.com/testing
STAFF_ONLY = ["customer_id", "internal_notes", "override_reason", "unit_price", "discount_amount"]

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
addresses = st.fixed_dictionaries(
    {"street": words, "city": words, "country": st.sampled_from(["NL", "BE", "DE", "US", "JP"])},
    optional={"name": words, "postal_code": words, "phone": words},
)
lines = st.fixed_dictionaries({"product_id": st.sampled_from(PRODUCTS), "quantity": st.integers(1, 3)})
cards = st.sampled_from(CARDS).map(lambda card: {"method": "card", "payment_method_id": f"pm_card_{card}"})
orders = st.fixed_dictionaries(
    {
        "lines": st.lists(lines, min_size=1, max_size=3),
        "shipping_address": addresses,
        "payment": st.just({"method": "cod"}) | cards,
    },
    optional={"billing_address": addresses, "contact_email": st.just("bob@example.com"), "notes": words},
)


def events():
    """About payments that there are by now, and others."""
    with urllib.request.urlopen(f"{BASE}/_local/payments") as answer:
        known = [intent["id"] for intent in json.load(answer)] or ["pi_unknown"]
    objects = st.fixed_dictionaries(
        {"object": st.just("payment_intent") | st.sampled_from(["refund", "charge"]), "id": st.sampled_from(known) | words}
    )
    return st.fixed_dictionaries({"data": st.fixed_dictionaries({"object": objects})})


@schemathesis.hook
def before_generate_body(context, strategy):
    """Beside what the schema gives: an order that the shop can take, an event about a payment."""
    match context.operation.definition.raw.get("operationId"):
        case "place-order":
            return orders | strategy
        case "stripe-webhook":
            return events() | strategy
    return strategy


@schemathesis.hook
def before_call(context, case, kwargs):
    """Most good keys are made to name one request only: one key for all would lead to one order."""
    if case.operation.definition.raw.get("operationId") == "place-order" and most(repr(case.body).encode()):
        plausible(case.body)
    key, body = case.headers.get("Idempotency-Key"), repr(case.body).encode()
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,255}", key) and most(body):
        case.headers["Idempotency-Key"] = hashlib.sha256(key.encode() + body).hexdigest()[:32]
    if "Stripe-Signature" in case.headers:
        kwargs["auth"] = Signed()


def plausible(order):
    """Makes products of what is well-formed, and takes out a guess of the total and what is for staff alone."""
    if not isinstance(order, dict):
        return
    order.pop("expected_total", None)
    lines = order.get("lines")
    parts = [part for part in [order, *(lines if isinstance(lines, list) else [])] if isinstance(part, dict)]
    for part in parts:
        product = part.get("product_id")
        if isinstance(product, str) and re.fullmatch(r"[A-Za-z0-9._-]{1,64}", product) and product not in PRODUCTS:
            part["product_id"] = PRODUCTS[len(product) % len(PRODUCTS)]
        if os.environ["FUZZ_WHO"] == "customer":
            for field in STAFF_ONLY:
                part.pop(field, None)


def most(body):
    """Three of four, and always the same ones."""
    return hashlib.sha256(body).digest()[0] % 4 != 0


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A field that may be left out may be null as well; the document does not say so for each."""
    return failure.code != ACCEPTED_BUT_INVALID or not has_null(case.body)


def has_null(value):
    """Whether there is a null in it."""
    if isinstance(value, dict):
        return any(map(has_null, value.values()))
    return any(map(has_null, value)) if isinstance(value, list) else value is None


class Signed(AuthBase):
    """Signs most events as Stripe does."""

    def __call__(self, request):
        body = request.body or b""
        body = body.encode() if isinstance(body, str) else body
        if most(body):
            now = int(time.time())
            signature = hmac.new(STRIPE_SECRET, f"{now}.".encode() + body, hashlib.sha256).hexdigest()
            request.headers["Stripe-Signature"] = f"t={now},v1={signature}"
        return request
