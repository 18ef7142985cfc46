//! Measures calls to the store: how many, how they overlap, what they consume and how long they take.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::config::ConfigBag;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_sdk_dynamodb::operation as op;
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};
use aws_smithy_types::config_bag::{Storable, StoreReplace};

tokio::task_local! {
    /// Set while a request is measured, so that concurrent work of the stream functions is not counted with it.
    pub static MEASURED: ();
}

/// One call to the store.
struct Called {
    from: Instant,
    to: Instant,
    read: f64,
    written: f64,
}

#[derive(Default)]
pub struct Meter {
    running: Mutex<Option<(Instant, Vec<Called>)>>,
}

impl Meter {
    pub fn start(&self) {
        *self.running.lock().unwrap() = Some((Instant::now(), Vec::new()));
    }

    pub fn stop(&self) -> Cost {
        let (since, mut calls) = self.running.lock().unwrap().take().unwrap();
        let total = since.elapsed();
        calls.sort_by_key(|call| call.from);
        let (mut trips, mut end, mut stored) = (0, since, Duration::ZERO);
        for call in &calls {
            if call.from >= end {
                trips += 1;
                stored += call.to - call.from;
                end = call.to;
            } else if call.to > end {
                stored += call.to - end;
                end = call.to;
            }
        }
        let read = calls.iter().map(|call| call.read).sum();
        let written = calls.iter().map(|call| call.written).sum();
        Cost { calls: calls.len(), trips, read, written, own: total.saturating_sub(stored) }
    }
}

/// Cost of one request.
#[derive(Clone)]
pub struct Cost {
    pub calls: usize,
    pub trips: usize,
    pub read: f64,
    pub written: f64,
    pub own: Duration,
}

impl Cost {
    /// The median of the costs. For round trips the minimum, because independent calls may still run one after the other on a busy
    /// machine, while dependent calls never overlap.
    pub fn median(mut costs: Vec<Self>) -> Self {
        costs.sort_by_key(|cost| cost.own);
        let own = costs[costs.len() / 2].own;
        let trips = costs.iter().map(|cost| cost.trips).min().unwrap_or(0);
        costs.sort_by(|a, b| a.calls.cmp(&b.calls).then(a.read.total_cmp(&b.read)));
        Self { trips, own, ..costs[costs.len() / 2].clone() }
    }

    /// Whether round trips and capacity are equal, allowing for rounding of item sizes.
    pub fn same_cost(&self, other: &Self) -> bool {
        self.trips == other.trips
            && self.calls == other.calls
            && (self.read - other.read).abs() <= 1.0
            && (self.written - other.written).abs() <= 4.0
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { calls, trips, read, written, own } = self;
        write!(f, "{trips} trips ({calls} calls), {read:.1} RCU, {written:.0} WCU, overhead {} µs", own.as_micros())
    }
}

/// Requests the consumed capacity of every call and records it.
#[derive(Clone)]
pub struct Count(pub Arc<Meter>);

impl fmt::Debug for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Count")
    }
}

#[derive(Debug)]
struct Began(Instant);

impl Storable for Began {
    type Storer = StoreReplace<Self>;
}

macro_rules! ask {
    ($context:expr, $($input:ty),+) => {
        $(if let Some(input) = $context.input_mut().downcast_mut::<$input>() {
            input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
        })+
    };
}

impl Intercept for Count {
    fn name(&self) -> &'static str {
        "Count"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        ask!(
            context,
            op::get_item::GetItemInput,
            op::batch_get_item::BatchGetItemInput,
            op::query::QueryInput,
            op::put_item::PutItemInput,
            op::update_item::UpdateItemInput,
            op::delete_item::DeleteItemInput,
            op::transact_write_items::TransactWriteItemsInput
        );
        bag.interceptor_state().store_put(Began(Instant::now()));
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if MEASURED.try_with(|()| ()).is_err() {
            return Ok(());
        }
        let Some(Ok(output)) = context.output_or_error() else { return Ok(()) };
        let (mut read, mut written) = (0.0, 0.0);
        let units = |one: &Option<ConsumedCapacity>| one.as_ref().and_then(|c| c.capacity_units).unwrap_or(0.0);
        let all = |many: &Option<Vec<ConsumedCapacity>>| -> f64 {
            many.iter().flatten().filter_map(|c| c.capacity_units).sum()
        };
        if let Some(output) = output.downcast_ref::<op::get_item::GetItemOutput>() {
            read = units(&output.consumed_capacity);
        } else if let Some(output) = output.downcast_ref::<op::query::QueryOutput>() {
            read = units(&output.consumed_capacity);
        } else if let Some(output) = output.downcast_ref::<op::batch_get_item::BatchGetItemOutput>() {
            read = all(&output.consumed_capacity);
        } else if let Some(output) = output.downcast_ref::<op::put_item::PutItemOutput>() {
            written = units(&output.consumed_capacity);
        } else if let Some(output) = output.downcast_ref::<op::update_item::UpdateItemOutput>() {
            written = units(&output.consumed_capacity);
        } else if let Some(output) = output.downcast_ref::<op::delete_item::DeleteItemOutput>() {
            written = units(&output.consumed_capacity);
        } else if let Some(output) = output.downcast_ref::<op::transact_write_items::TransactWriteItemsOutput>() {
            written = all(&output.consumed_capacity);
        }
        let from = bag.load::<Began>().map_or_else(Instant::now, |began| began.0);
        if let Some((_, calls)) = self.0.running.lock().unwrap().as_mut() {
            calls.push(Called { from, to: Instant::now(), read, written });
        }
        Ok(())
    }
}
