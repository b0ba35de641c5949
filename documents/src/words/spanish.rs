//! Spanish.

use shared::language::Spoken;

use super::{Label, Method, Sentence, Words};
use crate::customs::Customs;

pub(super) const WORDS: Words = Words { customs: CUSTOMS, label, sentence };

const CUSTOMS: Customs = Customs {
    tag: "es",
    right_to_left: false,
    decimal: ',',
    group: '.',
    grouped_from: 5,
    currency_first: false,
    before_percent: "\u{a0}",
    months: Spoken::Spanish.months(),
    date: |day, month, year| format!("{day} de {month} de {year}"),
};

fn label(label: Label) -> &'static str {
    match label {
        Label::Invoice => "Factura",
        Label::CreditNote => "Factura rectificativa",
        Label::InvoiceNumber => "Factura n.º",
        Label::CreditNoteNumber => "Rectificativa n.º",
        Label::ForInvoice => "De la factura",
        Label::Date => "Fecha",
        Label::OrderNumber => "Pedido n.º",
        Label::OrderDate => "Fecha del pedido",
        Label::Shipped => "Enviado el",
        Label::DeliveryExpected => "Entrega prevista",
        Label::BillTo => "Facturar a",
        Label::ShipTo => "Enviar a",
        Label::Description => "Descripción",
        Label::Quantity => "Cant.",
        Label::UnitPrice => "Precio unitario",
        Label::Discount => "Descuento",
        Label::Tax => "Impuesto",
        Label::Amount => "Importe",
        Label::Goods => "Artículos",
        Label::Delivery => "Envío",
        Label::AmountBack => "Importe devuelto",
        Label::Goodwill => "Atención comercial",
        Label::GivenBefore => "Ya devuelto",
        Label::Net => "Total sin impuestos",
        Label::Total => "Total",
        Label::TotalCredited => "Total a su favor",
        Label::Rate => "Tipo",
        Label::TaxableAmount => "Base",
        Label::TaxAmount => "Cuota",
        Label::NotTaxed => "Sin impuesto",
        Label::VatId => "NIF-IVA",
        Label::LineDiscounts => "descuentos en artículos",
        Label::OrderDiscount => "descuento en el pedido",
        Label::Coupon => "cupón",
    }
}

fn sentence(sentence: &Sentence) -> String {
    match sentence {
        Sentence::Amounts { currency, with_tax: true } => {
            format!("Todos los importes en {currency}. Precios e importes de los artículos con impuestos.")
        }
        Sentence::Amounts { currency, with_tax: false } => {
            format!("Todos los importes en {currency}. Precios e importes de los artículos sin impuestos.")
        }
        Sentence::DiscountsIncluded { amounts } => format!("Ya descontado: {amounts}."),
        Sentence::Page { page, of } => format!("Página {page} de {of}"),
        Sentence::NothingToPay => "No hay nada que pagar.".to_owned(),
        Sentence::Paid { amount, on, method: Method::Card } => {
            format!("{amount} pagados con tarjeta el {on}. Muchas gracias.")
        }
        Sentence::Paid { amount, on, method: Method::Cash } => {
            format!("{amount} pagados en efectivo el {on}. Muchas gracias.")
        }
        Sentence::Reserved { amount } => {
            format!("Su banco ha reservado {amount}. Cobraremos el importe cuando enviemos su pedido.")
        }
        Sentence::PayOnDelivery { amount } => format!("Pague {amount} en el momento de la entrega."),
        Sentence::Open { amount } => format!("Pendiente de pago: {amount}."),
        Sentence::PaidBack { amount, on } => format!("Le devolvimos {amount} el {on}."),
        Sentence::SetOff => "Este importe se descuenta de lo que tiene que pagar.".to_owned(),
        Sentence::ForCalledOff => "Por lo que se ha cancelado:".to_owned(),
        Sentence::ForSentBack => "Por lo que nos ha devuelto:".to_owned(),
        Sentence::ForPaidBack => "Por lo que le hemos reembolsado:".to_owned(),
        Sentence::ForAmount => "Por un importe que le hemos reembolsado:".to_owned(),
        Sentence::ForGoodwill => "Como atención comercial:".to_owned(),
    }
}
