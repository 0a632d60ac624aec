package resolvers

import (
	"context"
	"regexp"

	"github.com/ringql/ringql/graph/model"
	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/plan"
	"github.com/ringql/ringql/internal/rest"
)

// systemExtension is the extension with the id of its account.
func (r *Resolver) systemExtension(ctx context.Context, account string) (*rest.Extension, error) {
	id := rest.ExtensionID{Key: rest.Key{Account: account, RCID: account}}
	if node, vars := selected(ctx); plan.OnlyIDs(node, vars) {
		return &rest.Extension{ID: id}, nil
	}
	return loader.For(ctx).WholeExtension(ctx, id)
}

// permissionTarget reads an argument that says for which extension a permission of obj's
// user is to be held; "" for none in particular.
func permissionTarget(id *string, obj *rest.Extension) (string, error) {
	if id == nil {
		return "", nil
	}
	ext, err := model.ParseExtension(*id, true)
	if err != nil {
		return "", in("targetExtensionId", err)
	}
	switch {
	case ext.RCID == rest.Own:
		return obj.ID.RCID, nil // nobody else's permissions are told
	case ext.Account != rest.Own && ext.Account != obj.ID.Account:
		return "", foreign("targetExtensionId")
	}
	return ext.RCID, nil
}

// permissionName is how the upstream names its permissions, as far as that is known.
var permissionName = regexp.MustCompile(`^[\w.:-]{1,128}$`)

func permissionArgument(id string) error {
	if !permissionName.MatchString(id) {
		return in("id", &model.InputError{Reason: "is no name of a permission, such as EditUserInfo"})
	}
	return nil
}
