// Answers, for each document of YAML on its input, with "ok" or what Argo Events has against it: first its types,
// without a field that they do not know, and then the validators of its controllers.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/argoproj/argo-events/pkg/apis/events/v1alpha1"
	"github.com/argoproj/argo-events/pkg/eventsources/sources/github"
	"github.com/argoproj/argo-events/pkg/eventsources/sources/resource"
	"github.com/argoproj/argo-events/pkg/eventsources/sources/webhook"
	"github.com/argoproj/argo-events/pkg/reconciler/eventbus"
	"github.com/argoproj/argo-events/pkg/reconciler/sensor"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

func main() {
	documents := utilyaml.NewYAMLReader(bufio.NewReader(os.Stdin))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil {
			err = validate(document)
		}
		if err != nil {
			fmt.Println(strings.ReplaceAll(err.Error(), "\n", " "))
		} else {
			fmt.Println("ok")
		}
	}
}

func validate(document []byte) error {
	var object struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := yaml.Unmarshal(document, &object); err != nil {
		return err
	}
	switch object.APIVersion + "/" + object.Kind {
	case "argoproj.io/v1alpha1/EventBus":
		var bus v1alpha1.EventBus
		if err := yaml.UnmarshalStrict(document, &bus); err != nil {
			return err
		}
		return eventbus.ValidateEventBus(&bus)
	case "argoproj.io/v1alpha1/Sensor":
		var one v1alpha1.Sensor
		if err := yaml.UnmarshalStrict(document, &one); err != nil {
			return err
		}
		return sensor.ValidateSensor(&one, &v1alpha1.EventBus{})
	case "argoproj.io/v1alpha1/EventSource":
		var source v1alpha1.EventSource
		if err := yaml.UnmarshalStrict(document, &source); err != nil {
			return err
		}
		return validateSource(source.Spec)
	default:
		return fmt.Errorf("%s %s is no kind of Argo Events", object.APIVersion, object.Kind)
	}
}

func validateSource(spec v1alpha1.EventSourceSpec) error {
	var all []interface{ ValidateEventSource(context.Context) error }
	for _, each := range spec.Webhook {
		all = append(all, &webhook.EventListener{Webhook: each})
	}
	for _, each := range spec.Github {
		all = append(all, &github.EventListener{GithubEventSource: each})
	}
	for _, each := range spec.Resource {
		all = append(all, &resource.EventListener{ResourceEventSource: each})
	}
	if len(all) == 0 {
		return errors.New("no event of a kind that is scaffolded")
	}
	for _, each := range all {
		if err := each.ValidateEventSource(context.Background()); err != nil {
			return err
		}
	}
	return nil
}
