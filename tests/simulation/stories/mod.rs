//! The stories: what people do, from where on everything is broken, and how it may end.

mod cancelling;
mod carrying;
mod invoices;
mod outages;
mod placing;
mod refunds;
mod returns;
mod sending;
mod steps;

use std::pin::Pin;
use tests::Call;

use crate::audit::Ending;
use crate::world::World;

/// A story with a part that is broken at every call: from [`World::arm`] on.
#[derive(Clone, Copy)]
pub struct Story {
    /// Its name.
    pub name: &'static str,
    /// Lets it happen in an empty shop, up to where nothing is due at once any more.
    pub tell: for<'w> fn(&'w World) -> Pin<Box<dyn Future<Output = Told> + 'w>>,
}

/// What must be true after a story.
pub struct Told {
    /// How the world may be.
    pub endings: Vec<Ending>,
    /// Requests that are sent again when all is over, and how they may be answered.
    pub again: Vec<(Call, &'static [u16])>,
    /// What went wrong on the way.
    pub wrong: Vec<String>,
}

impl Told {
    /// A story that went well, and ends in this way.
    fn well(ending: Ending, again: Vec<(Call, &'static [u16])>) -> Self {
        Self { endings: vec![ending], again, wrong: vec![] }
    }
}

/// Every story.
pub const STORIES: [Story; 26] = [
    Story { name: "cart to order", tell: |world| Box::pin(placing::from_the_cart(world)) },
    Story { name: "pay later on the provider's page", tell: |world| Box::pin(placing::paid_later(world)) },
    Story { name: "place by card", tell: |world| Box::pin(placing::by_card(world)) },
    Story { name: "place by COD", tell: |world| Box::pin(placing::by_cod(world)) },
    Story { name: "a declined card", tell: |world| Box::pin(placing::declined(world)) },
    Story { name: "a payment that nobody confirms", tell: |world| Box::pin(placing::never_confirmed(world)) },
    Story { name: "decline, retry, success", tell: |world| Box::pin(placing::declined_and_retried(world)) },
    Story { name: "fulfil", tell: |world| Box::pin(placing::fulfilled(world)) },
    Story { name: "capture at shipment", tell: |world| Box::pin(placing::captured_at_shipment(world)) },
    Story { name: "cancel a paid order", tell: |world| Box::pin(cancelling::paid(world)) },
    Story { name: "cancel an order from the cart", tell: |world| Box::pin(cancelling::from_the_cart(world)) },
    Story { name: "cancel a part", tell: |world| Box::pin(cancelling::a_part(world)) },
    Story {
        name: "cancel against webhook, both at once",
        tell: |world| Box::pin(cancelling::against_webhook(world, 0)),
    },
    Story {
        name: "cancel against webhook, a little later",
        tell: |world| Box::pin(cancelling::against_webhook(world, 2)),
    },
    Story {
        name: "cancel against webhook, later",
        tell: |world| Box::pin(cancelling::against_webhook(world, 4)),
    },
    Story { name: "partial refunds in parallel", tell: |world| Box::pin(refunds::in_parallel(world)) },
    Story { name: "invoice numbering", tell: |world| Box::pin(invoices::numbered(world)) },
    Story { name: "webhooks out of order", tell: |world| Box::pin(carrying::told_out_of_order(world)) },
    Story { name: "give a label back", tell: |world| Box::pin(carrying::given_back(world)) },
    Story { name: "ship in two parcels", tell: |world| Box::pin(sending::in_parts(world)) },
    Story { name: "return, receive, refund", tell: |world| Box::pin(returns::received_and_refunded(world)) },
    Story { name: "place while Stripe is down", tell: |world| Box::pin(outages::placed(world)) },
    Story {
        name: "confirm just before Stripe goes down",
        tell: |world| Box::pin(outages::confirmed_before(world)),
    },
    Story { name: "cancel while Stripe is down", tell: |world| Box::pin(outages::cancelled(world)) },
    Story { name: "refund while Stripe is down", tell: |world| Box::pin(outages::refunded(world)) },
    Story { name: "ship while Stripe is down", tell: |world| Box::pin(outages::shipped(world)) },
];
