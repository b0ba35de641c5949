//! What a mail consists of, whatever it says, and how it is laid out as text.

use super::Ways;
use super::facts::Facts;
use super::statement::{Row, Statement};
use super::story::Story;
use super::words::{Label, Words};

/// A letter in its reader's language. Nothing of it is markup.
pub(super) struct Letter {
    pub(super) words: &'static Words,
    pub(super) subject: String,
    pub(super) greeting: String,
    pub(super) paragraphs: Vec<String>,
    /// What goes above the bill.
    pub(super) heading: String,
    pub(super) statement: Statement,
    /// Buttons, one below the other.
    pub(super) links: Vec<Link>,
    /// What opens the order, with its label, where there is no page that shows it.
    pub(super) token: Option<(String, String)>,
    pub(super) closing: String,
    /// Whose mail it is.
    pub(super) shop: Option<String>,
}

/// A button that leads somewhere.
pub(super) struct Link {
    pub(super) label: String,
    pub(super) url: String,
}

impl Letter {
    pub(super) fn of(facts: &Facts<'_>, words: &'static Words, story: &Story, ways: Ways<'_>) -> Self {
        let (number, settings) = (facts.number(), facts.settings);
        let label = |label: &Label<'_>| (words.label)(label);
        let name = facts.document.billing_address.name.as_deref().map(|name| facts.quoted(name));
        let url = at(settings.guest_checkout.order_url.as_deref(), ways.order);
        let order = url.clone().map(|url| Link { label: label(&Label::SeeYourOrder), url });
        let bill = ways.bill.and_then(|(kind, token)| {
            let url = at(settings.invoices.url.as_deref(), Some(token))?;
            Some(Link { label: label(&Label::Bill { kind }), url })
        });
        let parcels = story.couriers.iter().filter_map(|courier| {
            let label = label(&Label::Follow { courier: &facts.quoted(&courier.name) });
            courier.tracking_url.clone().map(|url| Link { label, url })
        });
        Self {
            words,
            subject: (words.subject)(story.subject, &number),
            greeting: label(&Label::Greeting { name: name.as_deref() }),
            paragraphs: story.sentences.iter().map(words.sentence).collect(),
            heading: label(&Label::Order { number: &number }),
            statement: Statement::of(facts),
            token: ways.order.filter(|_| url.is_none()).map(|token| (label(&Label::Token), token.to_owned())),
            links: order.into_iter().chain(bill).chain(parcels).collect(),
            closing: label(&Label::Closing),
            shop: settings.sender.as_ref().map(|sender| sender.name.clone()),
        }
    }

    /// For readers without HTML.
    pub(super) fn text(&self) -> String {
        let customs = &self.words.customs;
        let row = |row: &Row| format!("  {}\n", customs.labelled(&row.what, &row.cost));
        let rows: String = self.statement.rows().map(row).collect();
        let included: String = self.statement.included.iter().map(row).collect();
        let total = customs.labelled(&self.statement.total.what, &self.statement.total.cost);
        let mut ways: String = self
            .links
            .iter()
            .map(|link| format!("\n{}\n", customs.labelled(&link.label, &link.url)))
            .collect();
        if let Some((label, token)) = &self.token {
            ways += &format!("\n{}\n", customs.labelled(label, token));
        }
        let shop = self.shop.as_ref().map(|shop| format!("\n{}\n{shop}\n", self.closing)).unwrap_or_default();
        let (greeting, paragraphs) = (&self.greeting, self.paragraphs.join("\n"));
        format!("{greeting}\n\n{paragraphs}\n\n{}\n{rows}{total}\n{included}{ways}{shop}", self.heading)
    }
}

/// A page of the shop that a token opens, if there are both.
fn at(page: Option<&str>, token: Option<&str>) -> Option<String> {
    Some(page?.replace("{token}", token?))
}
