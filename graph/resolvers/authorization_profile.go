package resolvers

import (
	"context"

	"github.com/ringql/ringql/internal/loader"
	"github.com/ringql/ringql/internal/rest"
)

func (r *extensionResolver) AuthorizationProfile(ctx context.Context, obj *rest.Extension, targetExtensionID *string) (*rest.AuthorizationProfile, error) {
	target, err := permissionTarget(targetExtensionID, obj)
	if err != nil {
		return nil, err
	}
	return loader.For(ctx).AuthorizationProfile(ctx, obj.ID, target)
}

func (r *extensionResolver) HasPermission(ctx context.Context, obj *rest.Extension, id string, targetExtensionID *string) (*bool, error) {
	target, err := permissionTarget(targetExtensionID, obj)
	if err == nil {
		err = permissionArgument(id)
	}
	if err != nil {
		return nil, err
	}
	held, err := loader.For(ctx).HasPermission(ctx, obj.ID, id, target)
	return &held, err
}
