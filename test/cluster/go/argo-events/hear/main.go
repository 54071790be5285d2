// Plays an EventSource and a Sensor by the code of Argo Events, without a bus between them. Reads one manifest of each
// as YAML on its input, each with "---" behind it, and ends with its input. Hears of events with the kubeconfig in
// KUBECONFIG, and where it waits for requests on the port in PORT and without the Secret, which Argo Events reads from
// a fixed folder. Starts what the Sensor starts with the kubeconfig in SENSOR_KUBECONFIG. Writes a line of JSON for
// each event: whether it passed the filters, and the object that was made.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/argoproj/argo-events/pkg/apis/events/v1alpha1"
	eventsourcecommon "github.com/argoproj/argo-events/pkg/eventsources/common"
	"github.com/argoproj/argo-events/pkg/eventsources/sources/github"
	"github.com/argoproj/argo-events/pkg/eventsources/sources/resource"
	"github.com/argoproj/argo-events/pkg/eventsources/sources/webhook"
	"github.com/argoproj/argo-events/pkg/metrics"
	"github.com/argoproj/argo-events/pkg/sensors/dependencies"
	"github.com/argoproj/argo-events/pkg/sensors/triggers"
	standardk8s "github.com/argoproj/argo-events/pkg/sensors/triggers/standard-k8s"
	"github.com/argoproj/argo-events/pkg/shared/logging"
	"github.com/argoproj/argo-events/pkg/shared/util"
	"go.uber.org/zap"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/dynamic"
	"sigs.k8s.io/yaml"
)

type listener interface {
	StartListening(context.Context, func([]byte, ...eventsourcecommon.Option) error) error
	GetEventName() string
	GetEventSourceName() string
	GetEventSourceType() v1alpha1.EventSourceType
}

// An event, and what came of it.
type outcome struct {
	Event  json.RawMessage `json:"event"`
	Passed bool            `json:"passed"`
	Made   any             `json:"made,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func main() {
	if err := hear(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hear() error {
	var source v1alpha1.EventSource
	var sensor v1alpha1.Sensor
	documents := utilyaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	for _, into := range []any{&source, &sensor} {
		document, err := documents.Read()
		if err == nil {
			err = yaml.UnmarshalStrict(document, into)
		}
		if err != nil {
			return err
		}
	}
	// Whoever started this has ended.
	go func() {
		for {
			if _, err := documents.Read(); err != nil {
				os.Exit(0)
			}
		}
	}()
	config, err := util.GetClientConfig(os.Getenv("SENSOR_KUBECONFIG"))
	if err != nil {
		return err
	}
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	heard, err := listenerOf(&source)
	if err != nil {
		return err
	}
	ctx := logging.WithLogger(context.Background(), zap.NewNop().Sugar())
	out := json.NewEncoder(os.Stdout)
	return heard.StartListening(ctx, func(data []byte, _ ...eventsourcecommon.Option) error {
		passed, made, err := react(ctx, client, &sensor, eventOf(heard, data))
		result := outcome{Event: data, Passed: passed, Made: made}
		if err != nil {
			result.Error = err.Error()
		}
		return out.Encode(result)
	})
}

func listenerOf(source *v1alpha1.EventSource) (listener, error) {
	name, counted := source.Name, metrics.NewMetrics(source.Namespace)
	for event, one := range source.Spec.Webhook {
		one.Port, one.AuthSecret = os.Getenv("PORT"), nil
		return &webhook.EventListener{EventSourceName: name, EventName: event, Webhook: one, Metrics: counted}, nil
	}
	for event, one := range source.Spec.Github {
		one.Webhook.Port, one.WebhookSecret = os.Getenv("PORT"), nil
		return &github.EventListener{EventSourceName: name, EventName: event, GithubEventSource: one, Metrics: counted}, nil
	}
	for event, one := range source.Spec.Resource {
		return &resource.EventListener{EventSourceName: name, EventName: event, ResourceEventSource: one, Metrics: counted}, nil
	}
	return nil, errors.New("no event of a kind that is scaffolded")
}

// The event as it comes out of the bus: see the EventSource's eventing.go and the Sensor's listener.go.
func eventOf(heard listener, data []byte) *v1alpha1.Event {
	return &v1alpha1.Event{
		Context: &v1alpha1.EventContext{
			ID:              "some-event",
			Type:            string(heard.GetEventSourceType()),
			Source:          heard.GetEventSourceName(),
			Subject:         heard.GetEventName(),
			Time:            metav1.Time{Time: time.Now()},
			SpecVersion:     "1.0",
			DataContentType: "application/json",
		},
		Data: data,
	}
}

// The dependencies and the triggers of a Sensor in the order of its listener.go.
func react(ctx context.Context, client dynamic.Interface, sensor *v1alpha1.Sensor, event *v1alpha1.Event) (bool, any, error) {
	if len(sensor.Spec.Dependencies) != 1 || len(sensor.Spec.Triggers) != 1 {
		return false, nil, errors.New("not one dependency and one trigger")
	}
	dependency, trigger := sensor.Spec.Dependencies[0], sensor.Spec.Triggers[0].DeepCopy()
	if dependency.EventSourceName != event.Context.Source || dependency.EventName != event.Context.Subject {
		return false, nil, errors.New("the Sensor waits for another event")
	}
	passed, err := dependencies.Filter(event, dependency.Filters, dependency.FiltersLogicalOperator)
	if err != nil || !passed {
		return false, nil, err
	}
	made, err := start(ctx, client, sensor, trigger, map[string]*v1alpha1.Event{dependency.Name: event})
	return true, made, err
}

func start(ctx context.Context, client dynamic.Interface, sensor *v1alpha1.Sensor, trigger *v1alpha1.Trigger, events map[string]*v1alpha1.Event) (any, error) {
	if err := triggers.ApplyTemplateParameters(events, trigger); err != nil {
		return nil, err
	}
	impl := standardk8s.NewStandardK8sTrigger(nil, client, sensor, trigger, logging.FromContext(ctx))
	object, err := impl.FetchResource(ctx)
	if err != nil {
		return nil, err
	}
	object, err = impl.ApplyResourceParameters(events, object)
	if err != nil {
		return nil, err
	}
	made, err := impl.Execute(ctx, events, object)
	if err != nil {
		return nil, err
	}
	return made.(*unstructured.Unstructured).Object, nil
}
