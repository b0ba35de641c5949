//! Spanish. Customs: CLDR `es`, which groups thousands from five digits on.

use crate::invoice::Kind;
use crate::language::Spoken;
use crate::mail::customs::{Customs, NBSP};
use crate::mail::words::{Label, Reason, Sentence, Subject, Words};

/// The words.
pub(in crate::mail) static WORDS: Words = Words { customs: CUSTOMS, subject, sentence, label, reason };

const CUSTOMS: Customs = Customs {
    language: Spoken::Spanish,
    decimal: ",",
    group: ".",
    grouped_from: 5,
    amount: "#\u{a0}¤",
    negative: "-#\u{a0}¤",
    signs: &[("EUR", "€"), ("THB", "฿"), ("USD", "US$"), ("VND", "₫"), ("XPF", "CFPF")],
    percent: "#\u{a0}%",
    comma: ", ",
    colon: ": ",
    date: |day, month, year| format!("{day} de {month} de {year}"),
    moment: |date, hour, minute| match hour {
        1 => format!("{date} a la 1:{minute:02}{NBSP}(UTC)"),
        hour => format!("{date} a las {hour}:{minute:02}{NBSP}(UTC)"),
    },
};

fn subject(subject: Subject, number: &str) -> String {
    use Subject::*;
    match subject {
        Placed => format!("Hemos recibido su pedido {number}"),
        Confirmed => format!("Su pedido {number} está confirmado"),
        PaymentFailed => format!("No ha sido posible el pago de su pedido {number}"),
        LinesCancelled => format!("Se ha cancelado una parte de su pedido {number}"),
        Cancelled => format!("Su pedido {number} ha sido cancelado"),
        PartShipped => format!("Una parte de su pedido {number} está en camino"),
        Shipped => format!("Su pedido {number} está en camino"),
        PartDelivered => format!("Se ha entregado una parte de su pedido {number}"),
        Delivered => format!("Su pedido {number} ha sido entregado"),
        Refunded => format!("El reembolso de su pedido {number}"),
        ReturnRequested => format!("Su devolución del pedido {number}"),
        ReturnApproved => format!("Su devolución del pedido {number} ha sido aprobada"),
        ReturnRejected => format!("Su devolución del pedido {number} no es posible"),
        ReturnReceived => format!("Su devolución del pedido {number} ha llegado"),
    }
}

fn sentence(sentence: &Sentence) -> String {
    use Sentence::*;
    match sentence {
        Received => "Gracias por su pedido. Lo hemos recibido y le reservamos sus artículos.".into(),
        NothingToPay => "No tiene que pagar nada.".into(),
        PaidOnDelivery { amount } => format!("Pagará {amount} en el momento de la entrega."),
        PaidLater { amount, until: None } => {
            format!("Tramitaremos su pedido en cuanto recibamos el pago de {amount}.")
        }
        PaidLater { amount, until: Some(until) } => {
            format!(
                "Tramitaremos su pedido en cuanto recibamos el pago de {amount}, como muy tarde el {until}."
            )
        }
        PaymentUnderWay { amount } => {
            format!("Le escribiremos de nuevo en cuanto se complete su pago de {amount}.")
        }
        Paid { amount } => format!("Hemos recibido su pago de {amount} y estamos preparando su paquete."),
        Reserved { amount } => {
            format!(
                "Su banco ha reservado {amount} y estamos preparando su paquete. Cobraremos el importe cuando lo enviemos."
            )
        }
        Settled => "Todo está en orden y estamos preparando su paquete.".into(),
        Arrives { date } => format!("Debería recibirlo como muy tarde el {date}."),
        PaymentRefused { amount } => {
            format!("No ha sido posible realizar su pago de {amount}. No se le ha cobrado nada.")
        }
        TryAgain { until } => {
            format!(
                "Puede volver a intentarlo hasta el {until}, con la misma tarjeta o de otra forma. Hasta entonces le reservamos sus artículos."
            )
        }
        CalledOff { items } => format!("Se ha cancelado lo siguiente: {items}."),
        Because { reason } => format!("Motivo: {reason}"),
        NowCosts { amount } => format!("Su pedido cuesta ahora {amount}."),
        GoesBack { amount } => format!("Le devolvemos {amount}."),
        GoesBackAsPaid { amount } => format!("Le devolvemos {amount} por el mismo medio con el que pagó."),
        TakenOfReserved { reserved, amount } => {
            format!("De los {reserved} que su banco ha reservado, cobraremos {amount}.")
        }
        Cancelled => "Su pedido ha sido cancelado.".into(),
        NotPaidInTime => "No hemos recibido el pago a tiempo, por lo que su pedido ha sido cancelado.".into(),
        PaymentNotPossible => {
            "No ha sido posible realizar su pago, por lo que su pedido ha sido cancelado.".into()
        }
        ReservationLapsed => {
            "Su banco ya no mantiene reservado el importe, por lo que su pedido ha sido cancelado.".into()
        }
        NothingCharged => "No se le ha cobrado nada.".into(),
        ReservedFree { amount } => {
            format!(
                "No se le ha cobrado nada. El importe de {amount} que su banco había reservado vuelve a estar disponible."
            )
        }
        GivenBackBefore => "Lo que había pagado ya se le ha devuelto.".into(),
        PartOnItsWay { items } => format!("Está en camino lo siguiente: {items}. El resto llegará después."),
        TravelsWith { courier, number: None } => format!("Lo transporta {courier}."),
        TravelsWith { courier, number: Some(number) } => {
            format!("Lo transporta {courier}, con el número {number}.")
        }
        OnItsWay { parcels: 0 | 1 } => "Su pedido está en camino.".into(),
        OnItsWay { parcels } => format!("Su pedido está en camino, en {parcels} paquetes."),
        HaveReady { amount } => {
            format!("Tenga preparado el importe de {amount}: pagará en el momento de la entrega.")
        }
        TakeReserved { amount } => {
            format!("Cobramos ahora el importe de {amount} que su banco ha reservado.")
        }
        TakeOfReserved { reserved, amount } => {
            format!("De los {reserved} que su banco ha reservado, cobramos ahora {amount}.")
        }
        PartDelivered { items } => {
            format!("Se ha entregado lo siguiente: {items}. El resto llegará después.")
        }
        Delivered => "Su pedido ha sido entregado.".into(),
        Collected { amount } => format!("El transportista le ha cobrado {amount}."),
        ReturnableUntil { until } => {
            format!("Si algo no está bien, puede solicitar una devolución hasta el {until}.")
        }
        PaidBack { amount } => {
            format!(
                "Le hemos devuelto {amount} por el mismo medio con el que pagó. Su banco puede tardar de 5 a 10 días hábiles en mostrarlo."
            )
        }
        PaidBackByHand { amount, reference } => {
            format!("Le hemos devuelto {amount}. Encontrará el pago con esta referencia: {reference}")
        }
        ForCalledOff { items } => format!("Corresponde a lo que se ha cancelado: {items}."),
        ForCancelled => "Corresponde a su pedido cancelado.".into(),
        ForOverpaid => "Es lo que pagó de más por su pedido.".into(),
        ForTheRest => "Es todo lo que quedaba de su pago.".into(),
        ForItems { items } => format!("Corresponde a: {items}."),
        ForAPart => "Es una parte de lo que pagó.".into(),
        ForGoodwill => "Es una atención por nuestra parte.".into(),
        ForSentBack { items } => format!("Corresponde a lo que ha devuelto: {items}."),
        WantsToSendBack { items } => format!("Desea devolver lo siguiente: {items}."),
        Comment { text } => format!("Usted escribió: {text}"),
        WaitForUs => "Espere, por favor, a que revisemos su solicitud: le escribiremos de nuevo.".into(),
        PleaseSend { items } => format!("Envíenos, por favor: {items}."),
        NoteInParcel { number } => {
            format!("Incluya en el paquete una nota con su número de pedido, {number}.")
        }
        WhenArrived => "Le escribiremos de nuevo cuando haya llegado.".into(),
        CannotTakeBack { items } => format!("No podemos aceptar la devolución de lo siguiente: {items}."),
        Arrived { items } => format!("Hemos recibido lo siguiente: {items}."),
        DidNotArrive { items } => format!("No hemos recibido lo siguiente: {items}."),
        NothingLeft => "No queda nada por devolverle por este concepto.".into(),
        OwedLess { amount } => format!("Tiene que pagar {amount} menos por este concepto."),
        DeliveryIncluded => "Los gastos de envío están incluidos.".into(),
    }
}

fn label(label: &Label<'_>) -> String {
    use Label::*;
    match label {
        Greeting { name: Some(name) } => format!("Hola, {name}:"),
        Greeting { name: None } => "Hola:".into(),
        Closing => "Un cordial saludo".into(),
        Order { number } => format!("Pedido {number}"),
        Discount => "Descuento".into(),
        Tax { tax, included: false } => (*tax).into(),
        Tax { tax, included: true } => format!("{tax}, incluido"),
        Delivery => "gastos de envío".into(),
        AsOrdered => "Importe inicial".into(),
        Total => "Total".into(),
        CalledOff { items } => format!("Cancelado: {items}"),
        Cancelled => "Cancelación".into(),
        SentBack { items } => format!("Devuelto: {items}"),
        GivenBack { items: Some(items) } => format!("Reembolsado: {items}"),
        GivenBack { items: None } => "Reembolsado".into(),
        Goodwill => "Atención comercial".into(),
        SeeYourOrder => "Ver su pedido".into(),
        Bill { kind: Kind::Invoice } => "Factura (PDF)".into(),
        Bill { kind: Kind::CreditNote } => "Factura rectificativa (PDF)".into(),
        Follow { courier } => format!("Seguir su paquete en {courier}"),
        Token => "Código de acceso a su pedido".into(),
    }
}

fn reason(reason: Reason) -> &'static str {
    use Reason::*;
    match reason {
        Damaged => "artículo dañado",
        Defective => "artículo defectuoso",
        WrongItem => "artículo equivocado",
        NotAsDescribed => "no corresponde a la descripción",
        NoLongerWanted => "ya no lo desea",
        Other => "otro",
    }
}
